import assert from "node:assert/strict";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";

Deno.test("errors of OpenAI's format are read in every place vendors put their parts", () => {
  const cases: readonly [unknown, unknown][] = [
    [{ error: { message: "no", type: "bad_key", code: "k1", param: null } }, {
      type: "bad_key",
      code: "k1",
      message: "no",
    }],
    [{ error: "too long", error_type: "validation" }, { type: "validation", message: "too long" }],
    [{ error: "no key", code: "E7" }, { code: "E7", message: "no key" }],
    [[{ error: { code: 400, message: "bad", status: "X" } }], { code: "400", message: "bad" }],
    [{
      object: "error",
      type: "bad_request",
      message: { detail: [{ type: "missing", loc: ["body", "x"], msg: "needed" }] },
    }, {
      type: "bad_request",
      message: "needed",
    }],
    [{ type: "error", message: "no" }, { message: "no" }],
    [{ message: "a chat" }, undefined],
  ];
  for (const [body, expected] of cases) assert.deepEqual(decodeOpenAiError(body), expected, JSON.stringify(body));
});

Deno.test("the looser forms of a failed status are read too", () => {
  const cases: readonly [unknown, unknown][] = [
    [{ message: "no", error_code: "BAD_VALUE" }, { code: "BAD_VALUE", message: "no" }],
    [{ ErrorCode: "FROM_MODEL", Message: "failed", OriginalStatusCode: 422 }, {
      code: "FROM_MODEL",
      message: "failed",
    }],
    [{ errors: [{ code: 10000, message: "who" }], success: false }, { code: "10000", message: "who" }],
    [{ errors: [{ description: "bad model", key: "fail.in" }], tpe: "X" }, { code: "fail.in", message: "bad model" }],
    [{ errors: ["plain"] }, { message: "plain" }],
    [{ error_msg: "no quota", error_code: 17 }, { code: "17", message: "no quota" }],
    [{ detail: "no token", title: "T", type: "about:blank" }, { message: "no token" }],
    [{ detail: { error: "no key" } }, { message: "no key" }],
    [{ detail: { error: { message: "no key" } } }, { message: "no key" }],
    [{ detail: [{ loc: ["body"], msg: "needed" }] }, { message: "needed" }],
    [{ detail: {} }, undefined],
    [{ status: 500 }, undefined],
  ];
  for (const [body, expected] of cases) assert.deepEqual(decodeBareError(body), expected, JSON.stringify(body));
});

Deno.test("a code of MiniMax other than 0 is an error, also with status 200; texts may be a list", () => {
  const read = (status_code: number) => decodeOpenAiError({ base_resp: { status_code, status_msg: "login fail" } });
  assert.deepEqual(read(1004), { code: "1004", message: "login fail" });
  assert.equal(read(0), undefined);
  assert.deepEqual(decodeOpenAiError({ error: ["field required", "more"] }), { message: "field required" });
});
