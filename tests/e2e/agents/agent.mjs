// A small coding agent over Anthropic messages, streaming: asks the model, runs what it asks for with bash, sends the results,
// prints the answer. argv[2] is the task. One keep-alive connection; the header session-id names the session. With AGENT_EAGER=1
// it starts a command as soon as it is whole, while the rest of the answer still arrives.
import { spawn } from "node:child_process";
import https from "node:https";

const isEager = process.env.AGENT_EAGER === "1";
const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
const TOOLS = ["bash", "todowrite"].map((name) => ({ name, input_schema: { type: "object" } }));
const HEADERS = {
  "content-type": "application/json",
  "anthropic-version": "2023-06-01",
  "x-api-key": process.env.ANTHROPIC_API_KEY,
  "session-id": `e2e-${process.pid}`,
  ...(isEager && { "x-standin": JSON.stringify({ pauseMs: 60 }) }),
};

function post(body, onEvent) {
  return new Promise((resolve, reject) => {
    const request = https.request("https://api.anthropic.com/v1/messages", { method: "POST", headers: HEADERS, agent });
    request.on("response", (response) => {
      let rest = "";
      response.setEncoding("utf8").on("data", (part) => {
        const lines = (rest + part).split("\n");
        rest = lines.pop();
        for (const line of lines) if (line.startsWith("data: ")) onEvent(JSON.parse(line.slice(6)));
      });
      response.on("end", resolve);
    });
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}

async function ask(messages) {
  const body = { model: "claude-sonnet-4-20250514", max_tokens: 500, stream: true, system: "You are a coding agent." };
  const blocks = [];
  const acts = new Map();
  await post({ ...body, messages, tools: TOOLS }, (event) => {
    const block = blocks.at(-1);
    if (event.type === "content_block_start") blocks.push({ ...event.content_block, json: "" });
    if (event.delta?.text) block.text += event.delta.text;
    if (event.delta?.partial_json) block.json += event.delta.partial_json;
    if (event.type !== "content_block_stop" || block.type !== "tool_use") return;
    block.input = JSON.parse(block.json);
    if (isEager) acts.set(block.id, act(block));
  });
  return { content: blocks.map(({ json: _json, ...block }) => block), acts };
}

function act({ name, input }) {
  if (name !== "bash") return { content: "ok" };
  return new Promise((resolve) => {
    const child = spawn("bash", ["-c", input.command], { stdio: ["ignore", "pipe", "pipe"] });
    let content = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => content += part);
    child.on("close", (code) => resolve({ content, ...(code !== 0 && { is_error: true }) }));
  });
}

const messages = [{ role: "user", content: process.argv[2] }];
for (;;) {
  const { content, acts } = await ask(messages);
  messages.push({ role: "assistant", content });
  const uses = content.filter((block) => block.type === "tool_use");
  if (uses.length === 0) {
    console.log(content.map((block) => block.text ?? "").join(""));
    break;
  }
  const results = [];
  for (const use of uses) {
    results.push({ type: "tool_result", tool_use_id: use.id, ...(await (acts.get(use.id) ?? act(use))) });
  }
  messages.push({ role: "user", content: results });
}
agent.destroy();
