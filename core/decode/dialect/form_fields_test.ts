import assert from "node:assert/strict";
import { toRequestView } from "./dialect_testing.ts";
import { readFormFields } from "./form_fields.ts";

Deno.test("numbers of a form are numbers, as they are in JSON", () => {
  const messages = [
    { name: "n", text: "2" },
    { name: "temperature", text: "0.5" },
    { name: "speed", text: "fast" },
    { name: "prompt", text: "7" },
    { text: "no name" },
  ];
  const view = { ...toRequestView({ path: "/v1/images/edits" }), messages };
  assert.deepEqual(readFormFields(view), { n: 2, temperature: 0.5, speed: "fast", prompt: "7" });
  assert.deepEqual(readFormFields({ ...view, json: { n: "2" } }), { n: "2" });
  assert.equal(readFormFields({ ...view, messages: [] }), undefined);
});
