// A small coding agent over Anthropic messages, streaming: asks the model, runs what it asks for with bash, sends the results,
// prints the answer. argv[2] is the task. One keep-alive connection; the header session-id names the session.
import { spawnSync } from "node:child_process";
import https from "node:https";

const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
const TOOLS = ["bash", "todowrite"].map((name) => ({ name, input_schema: { type: "object" } }));
const HEADERS = {
  "content-type": "application/json",
  "anthropic-version": "2023-06-01",
  "x-api-key": process.env.ANTHROPIC_API_KEY,
  "session-id": `e2e-${process.pid}`,
};

function post(body) {
  return new Promise((resolve, reject) => {
    const request = https.request("https://api.anthropic.com/v1/messages", { method: "POST", headers: HEADERS, agent });
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => text += part).on("end", () => resolve(text));
    });
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}

async function ask(messages) {
  const body = { model: "claude-sonnet-4-20250514", max_tokens: 500, stream: true, system: "You are a coding agent." };
  const blocks = [];
  for (const line of (await post({ ...body, messages, tools: TOOLS })).split("\n")) {
    if (!line.startsWith("data: ")) continue;
    const event = JSON.parse(line.slice(6));
    if (event.type === "content_block_start") blocks.push({ ...event.content_block, json: "" });
    const delta = event.delta ?? {};
    if (delta.text) blocks.at(-1).text += delta.text;
    if (delta.partial_json) blocks.at(-1).json += delta.partial_json;
  }
  return blocks.map(({ json, ...block }) => block.type === "tool_use" ? { ...block, input: JSON.parse(json) } : block);
}

function act({ name, input }) {
  if (name !== "bash") return { content: "ok" };
  const done = spawnSync("bash", ["-c", input.command], { encoding: "utf8" });
  return { content: done.stdout + done.stderr, ...(done.status !== 0 && { is_error: true }) };
}

const messages = [{ role: "user", content: process.argv[2] }];
for (;;) {
  const content = await ask(messages);
  messages.push({ role: "assistant", content });
  const uses = content.filter((block) => block.type === "tool_use");
  if (uses.length === 0) {
    console.log(content.map((block) => block.text ?? "").join(""));
    break;
  }
  const results = uses.map((use) => ({ type: "tool_result", tool_use_id: use.id, ...act(use) }));
  messages.push({ role: "user", content: results });
}
agent.destroy();
