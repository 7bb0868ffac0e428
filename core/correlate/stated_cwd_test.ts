import assert from "node:assert/strict";
import type { ModelRequest } from "../model/model_call.ts";
import { findStatedCwd, resolvePath } from "./stated_cwd.ts";

const request = (systemPrompt: string | undefined, ...contents: string[]): ModelRequest => ({
  requestType: "chat",
  isStreaming: false,
  messages: contents.map((content) => ({ role: "user", content })),
  tools: [],
  parameters: {},
  ...(systemPrompt !== undefined && { systemPrompt }),
});

Deno.test("the directory an agent works in is read from its system prompt and first messages", () => {
  assert.equal(findStatedCwd(request("You help.\n - Primary working directory: /home/a/p\n")), "/home/a/p");
  assert.equal(findStatedCwd(request("<env>\nWorking directory: /srv/x y/\n</env>")), "/srv/x y");
  assert.equal(findStatedCwd(request("x", "<environment_context>\n  <cwd>/w</cwd>\n")), "/w");
  assert.equal(findStatedCwd(request(undefined, "I'm currently working in the directory: /w/g\nHere is")), "/w/g");
  assert.equal(findStatedCwd(request("Working directory: unknown", "go")), undefined);
});

Deno.test("paths are made absolute where the directory is known, and left alone where it is not", () => {
  assert.equal(resolvePath("src/../a.ts", "/w"), "/w/a.ts");
  assert.equal(resolvePath("./a", "/w/"), "/w/a");
  assert.equal(resolvePath("/x/./y", undefined), "/x/y");
  assert.equal(resolvePath("../../../a", "/w"), "/a");
  assert.equal(resolvePath("a", undefined), undefined);
  assert.equal(resolvePath("~/a", "/w"), undefined);
});
