import assert from "node:assert/strict";
import { VerdictKeeper } from "./verdict.ts";

const FROM_START = { isFromStart: true, canCut: true };
const JOINED = { isFromStart: false, canCut: true };
const HTTP2 = { isFromStart: true, canCut: false };

Deno.test("verdict of a model call is open, told once", () => {
  const keeper = new VerdictKeeper(7);
  assert.deepEqual(keeper.classified("ai", FROM_START, 100), {
    connId: 7,
    level: "open",
    sentOffset: 100,
    reason: "ai",
  });
  assert.equal(keeper.classified("ai", FROM_START, 200), undefined);
  assert.equal(keeper.classified("not_ai", FROM_START, 300), undefined);
  assert.equal(keeper.classified("not_ai_host", FROM_START, 300), undefined);
});

Deno.test("verdict of a request that is no model call is heads, again after the kernel copied a whole write", () => {
  const keeper = new VerdictKeeper(7);
  assert.equal(keeper.classified("not_ai", FROM_START, 100)?.level, "heads");
  assert.equal(keeper.classified("not_ai", FROM_START, 200), undefined);
  keeper.sawWholeRecord(50);
  assert.equal(keeper.classified("not_ai", FROM_START, 200), undefined);
  keeper.sawWholeRecord(100);
  assert.equal(keeper.classified("not_ai", FROM_START, 300)?.sentOffset, 300);
});

Deno.test("verdict is stop only for a listed host or no HTTP, and only from the first byte on", () => {
  assert.equal(new VerdictKeeper(1).classified("not_ai_host", FROM_START, 1)?.level, "stop");
  assert.equal(new VerdictKeeper(1).classified("not_ai_host", JOINED, 1)?.level, "heads");
  assert.equal(new VerdictKeeper(1).classified("not_ai_host", HTTP2, 1)?.level, "stop");
  assert.equal(new VerdictKeeper(1).refused(true, 1, "not_http")?.level, "stop");
  assert.equal(new VerdictKeeper(1).refused(false, 1, "not_http")?.level, "heads");
});

Deno.test("verdict of HTTP/2 without a listed host is none, and so is that of something unknown", () => {
  assert.equal(new VerdictKeeper(1).classified("not_ai", HTTP2, 1), undefined);
  assert.equal(new VerdictKeeper(1).classified("unknown", FROM_START, 1), undefined);
});

Deno.test("verdict goes from heads to open when a call comes after all", () => {
  const keeper = new VerdictKeeper(1);
  keeper.classified("not_ai", FROM_START, 1);
  keeper.sawWholeRecord(1);
  assert.equal(keeper.classified("ai", FROM_START, 9)?.level, "open");
  assert.equal(keeper.isAi, true);
});
