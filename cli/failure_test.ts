import assert from "node:assert/strict";

const FAILURE = new URL("./failure.ts", import.meta.url).href;

async function runProgram(body: string): Promise<{ code: number; stderr: string }> {
  const program = `import { explainStrays } from ${JSON.stringify(FAILURE)}; explainStrays([], Deno.exit); ${body}`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

const KEY = "sk-proj-" + "q7Zk2XmW4bT5nA3cRv8L".repeat(2);
const STRAYS = {
  "a rejected promise": `Promise.reject(new Error("key ${KEY}"));`,
  "an error in a timer": `setTimeout(() => { throw new Error("key ${KEY}"); }, 0);`,
};

for (const [what, body] of Object.entries(STRAYS)) {
  Deno.test(`${what} that nobody waits for ends with 70, a code to report and no secret`, async () => {
    const { code, stderr } = await runProgram(`${body} setTimeout(() => {}, 60_000);`);
    assert.equal(code, 70, stderr);
    assert.match(stderr, /OISP-BUG-001/);
    assert.equal(stderr.includes(KEY), false, stderr);
  });
}

Deno.test("a reader that is gone is no error, whoever was writing", async () => {
  const { code, stderr } = await runProgram("Promise.reject(new Deno.errors.BrokenPipe());");
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});
