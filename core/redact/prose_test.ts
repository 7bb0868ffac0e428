import assert from "node:assert/strict";
import { looksLikeProse } from "./view.ts";

Deno.test("four plain words are prose, in a row or among values", () => {
  for (
    const text of [
      "latest stable Ruby version",
      "scar on left cheek",
      "Current weather at 52.5200, 13.4050: 15°C, Wind: 10 km/h",
      "echo 'my secret diary entry'",
    ]
  ) assert.equal(looksLikeProse(text), true, text);
});

Deno.test("identifiers, paths, numbers and short commands are no prose", () => {
  for (
    const text of [
      "get_weather",
      "/home/user/document.txt",
      "ls -la /tmp",
      "git status --short",
      "2026-11-21T10:00:00Z",
      "gpt-4o-mini",
      "a=1 b=2 c=3 d=4 e=5",
    ]
  ) assert.equal(looksLikeProse(text), false, text);
});
