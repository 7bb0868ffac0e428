import assert from "node:assert/strict";
import { BodyLog, runBody } from "../../../tests/support/body_log.ts";
import { multipart } from "./multipart.ts";

const encoder = new TextEncoder();
const TYPE = "multipart/form-data; boundary=XyZ";
const BODY = [
  "--XyZ",
  'Content-Disposition: form-data; name="model"',
  "",
  "whisper-1 é",
  "--XyZ",
  'Content-Disposition: form-data; name="file"; filename="a.mp3"',
  "Content-Type: audio/mpeg",
  "",
  "\x01\x02\r\n--XyY secret audio\r\n",
  "--XyZ",
  'Content-Disposition: form-data; name="empty"',
  "",
  "",
  "--XyZ--",
  "epilogue",
].join("\r\n");

Deno.test("multipart gives fields with text and files without their bytes, however it was cut", () => {
  const disposition = (rest: string) => `["content-disposition","form-data; name=${rest}]`;
  for (const seed of [0, 1, 2, 3, 4]) {
    assert.deepEqual(runBody(multipart, encoder.encode(BODY), seed, TYPE), [
      `model: whisper-1 é [${disposition('\\"model\\""')},["bytes","12"]]`,
      `file:  [${disposition('\\"file\\"; filename=\\"a.mp3\\""')},["content-type","audio/mpeg"],["bytes","24"]]`,
      `empty:  [${disposition('\\"empty\\""')},["bytes","0"]]`,
    ], `seed ${seed}`);
  }
});

Deno.test("multipart holds no more than a line of a large file", () => {
  const parser = multipart.createParser(new BodyLog(), TYPE);
  parser.push(encoder.encode(BODY.slice(0, BODY.indexOf("\x01"))), 1);
  const piece = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 20; i++) parser.push(piece, 1);
  assert.ok(parser.heldBytes < 100);
});

Deno.test("multipart tells only the size of a field that is too long", () => {
  const body = `--XyZ\r\nContent-Disposition: form-data; name=long\r\n\r\n${"x".repeat(2 * 1024 * 1024)}\r\n--XyZ--`;
  const lines = runBody(multipart, encoder.encode(body), 0, TYPE);
  assert.deepEqual(lines, [`long:  [["content-disposition","form-data; name=long"],["bytes","2097152"]]`]);
});

Deno.test("multipart stops at a gap, without a boundary, and says when it is cut", () => {
  const log = new BodyLog();
  const parser = multipart.createParser(log, TYPE);
  parser.push(encoder.encode("--XyZ\r\n\r\nabc"), 1);
  parser.gap(3);
  parser.end(true, 1);
  assert.deepEqual(log.lines, ["<gap>"]);
  assert.deepEqual(runBody(multipart, encoder.encode("abc"), 0, "multipart/mixed"), ["<boundary>"]);
  assert.deepEqual(runBody(multipart, encoder.encode("--XyZ\r\n\r\nabc"), 0, TYPE), ["<cut>"]);
});
