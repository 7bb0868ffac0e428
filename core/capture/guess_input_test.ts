import assert from "node:assert/strict";
import { adviseOnInput } from "./guess_input.ts";

function advise(head: string | number[], wanted: Parameters<typeof adviseOnInput>[2]): string | undefined {
  return adviseOnInput(typeof head === "string" ? new TextEncoder().encode(head) : new Uint8Array(head), "f", wanted);
}

Deno.test("compressed files and recordings are named with the command for them", () => {
  assert.match(advise([0x1f, 0x8b, 8, 0], "events") ?? "", /^gunzip -c f \| oisp tail -/);
  assert.match(advise([0x28, 0xb5, 0x2f, 0xfd], "records") ?? "", /^zstd -dc f \| oisp decode --from records -/);
  assert.equal(advise("OISPCAP\0\u0001", "exchanges"), "oisp replay f");
  assert.match(advise([0x1f, 0x8b], "recording") ?? "", /^gunzip/);
});

Deno.test("lines of another kind are named with the command for them, the wanted kind is not", () => {
  const lines = {
    events: '{"event_type":"ai.request","data":{}}\n',
    exchanges: '{"method":"POST","url":"https://x"}\n',
    records: '{"conn":1,"dir":"w"}\n',
  };
  assert.equal(advise(lines.events, "exchanges"), "oisp tail f");
  assert.equal(advise("\n" + lines.exchanges, "events"), "oisp decode --from exchanges f");
  assert.equal(advise(lines.records, "exchanges"), "oisp decode --from records f");
  assert.equal(advise('{ "log": { "entries": [', "exchanges"), "oisp decode --from har f");
  assert.equal(advise(lines.events, "events"), undefined);
  assert.equal(advise(lines.exchanges, "exchanges"), undefined);
  assert.equal(advise(lines.records, "records"), undefined);
  assert.equal(advise(lines.exchanges, "recording"), "oisp decode --from exchanges f");
});

Deno.test("JSON over several lines, and an array, are named with what makes lines of them", () => {
  assert.match(advise('{\n  "event_type": "ai.request"\n}\n', "events") ?? "", /^jq -c \. f \| oisp tail -/);
  assert.match(advise('[\n{"event_type":"ai.request"}]', "events") ?? "", /^jq -c '\.\[\]' f \| oisp tail -/);
  assert.equal(advise("[1]", "events"), undefined);
});

Deno.test("binary data is called binary, and nothing is guessed of a text", () => {
  assert.match(advise([0x7f, 0x45, 0x4c, 0x46, 0, 0], "events") ?? "", /binary/);
  assert.equal(advise("hello\nworld", "events"), undefined);
  assert.equal(advise("", "events"), undefined);
});

Deno.test("names go into commands as a shell takes them, standard input as -", () => {
  const packed = new Uint8Array([0x1f, 0x8b]);
  assert.match(adviseOnInput(packed, "standard input", "events") ?? "", /^gunzip -c - \| /);
  assert.match(adviseOnInput(packed, "my 'calls'.gz", "events") ?? "", /^gunzip -c 'my '\\''calls'\\''.gz' \| /);
});
