import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { binary } from "./binary.ts";

Deno.test("binary keeps nothing and says a gap", () => {
  assert.deepEqual(runBody(binary, new Uint8Array(1000), 2, "image/png"), []);
  const log = new BodyLog();
  binary.createParser(log, "").gap(1);
  assert.deepEqual(log.lines, ["<gap>"]);
});
