import assert from "node:assert/strict";
import Ajv from "ajv/dist/2020.js";
import { toConfigJsonSchema } from "./json_schema.ts";
import { renderInitFile } from "./init.ts";
import { parseToml, toPlain } from "./toml.ts";

const validate = new Ajv.default({ strictTypes: false }).compile(toConfigJsonSchema());

function plain(text: string): unknown {
  const root = parseToml(text, "test.toml");
  assert.ok("entries" in root, JSON.stringify(root));
  return JSON.parse(JSON.stringify(toPlain(root)));
}

Deno.test("an independent validator accepts the file of config init with every key set", () => {
  const text = renderInitFile().replace(/^#(?=[^ ])/gm, "").replace(/^.*_file = .*\n/gm, "");
  assert.ok(validate(plain(text)), JSON.stringify(validate.errors));
});

Deno.test("an independent validator refuses unknown keys and wrong types", () => {
  for (
    const text of [
      "[sensor]\nnmae = 1\n",
      '[redaction]\nmode = "none"\n',
      "[export.jsonl]\nenabled = 1\n",
      "[exports]\n",
    ]
  ) {
    assert.equal(validate(plain(text)), false, text);
  }
});
