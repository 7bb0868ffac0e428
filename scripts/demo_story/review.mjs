// Has a change reviewed: the model asks for a file's length first, as a stream; its verdict comes in one piece.
import { execFileSync } from "node:child_process";
import process from "node:process";

const tools = [{
  name: "count_lines",
  description: "Counts the lines of a file",
  input_schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
}];

async function send(body) {
  const answer = await fetch("https://api.anthropic.com/v1/messages", {
    method: "POST",
    headers: {
      "x-api-key": process.env.ANTHROPIC_API_KEY,
      "anthropic-version": "2023-06-01",
      "content-type": "application/json",
    },
    body: JSON.stringify({ model: "claude-sonnet-4-20250514", max_tokens: 400, ...body }),
  });
  return await answer.text();
}

/** The tool call of a stream. */
function joinToolUse(stream) {
  const use = { type: "tool_use", id: "", name: "", input: "" };
  for (const line of stream.split("\n").filter((text) => text.startsWith("data: "))) {
    const { content_block: block, delta } = JSON.parse(line.slice(6));
    if (block) [use.id, use.name] = [block.id, block.name];
    use.input += delta?.partial_json ?? "";
  }
  return { ...use, input: JSON.parse(use.input) };
}

const system = "You review changes in two sentences.";
const question = {
  role: "user",
  content: "Review: the retry loop in src/fetch.py now waits 2^n seconds. The log had the key AKIAIOSFODNN7EXAMPLE.",
};
const use = joinToolUse(await send({ system, tools, messages: [question], stream: true }));
const lines = execFileSync("wc", ["-l", use.input.path], { encoding: "utf8" });
const result = { type: "tool_result", tool_use_id: use.id, content: lines.trim() };
const messages = [question, { role: "assistant", content: [use] }, { role: "user", content: [result] }];
const verdict = JSON.parse(await send({ system, tools, messages }));
process.stdout.write(verdict.content[0].text + "\n");
