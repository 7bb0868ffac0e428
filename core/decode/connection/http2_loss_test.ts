import assert from "node:assert/strict";
import { dataFrame, requestFields } from "../../../tests/support/http2_writer.ts";
import { Conversation, OK_FIELDS, PREAMBLE } from "../../../tests/support/http2_conversation.ts";

const encoder = new TextEncoder();

Deno.test("http2 keeps the framing over a gap inside a DATA frame", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("GET", "/a"), true));
  const data = dataFrame(1, "0123456789", true);
  all.push("response", all.server.headers(1, OK_FIELDS, false), data.subarray(0, 12));
  all.parser.gap("response", 4, "ring_full", 1);
  all.push("response", data.subarray(16));
  all.call(3, "/b");
  assert.deepEqual(all.log.lines(), [
    "#0 h2 GET api.example.com /a",
    '  request complete ""',
    '  response 200 gap ring_full "012<gap 4 ring_full>789"',
    "#1 h2 GET api.example.com /b",
    '  request complete ""',
    '  response 200 complete "/b"',
  ]);
});

Deno.test("http2 goes on after a gap at a record of frames, with unknown fields absent and marked", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("GET", "/a"), true));
  all.client.headers(3, requestFields("POST", "/lost"), true);
  all.parser.gap("request", 0, "ring_full", 1);
  all.push("request", encoder.encode("rest of something that is no frame"));
  all.push("request", all.client.headers(5, requestFields("GET", "/c"), true));
  all.push("response", all.server.headers(1, OK_FIELDS, false), dataFrame(1, "a", true));
  all.push("response", all.server.headers(5, OK_FIELDS, false), dataFrame(5, "c", true));
  assert.deepEqual(all.log.lines(), [
    "#0 h2 GET api.example.com /a",
    '  request complete ""',
    '  response 200 complete "a"',
    "#1 h2  - /c",
    '  request complete hpack_state ""',
    '  response 200 complete "c"',
  ]);
  assert.equal(all.log.exchanges[1]?.exchange.request.completeness, "joined_late");
});

Deno.test("http2 joined late decodes streams that begin later, and never guesses a field", () => {
  const all = new Conversation(0, true);
  all.client.headers(1, requestFields("GET", "/before"), true);
  all.server.headers(1, OK_FIELDS, false);
  all.push("response", dataFrame(1, "of an unseen request", true));
  all.push("request", all.client.headers(3, requestFields("POST", "/v1/chat"), false), dataFrame(3, "{}", true));
  all.push("response", all.server.headers(3, [[":status", "200"], ["x", "known"]], false), dataFrame(3, "lost"));
  all.push("response", all.server.headers(5, [[":status", "500"]], true));
  all.push("request", all.client.headers(7, requestFields("GET", "/before", [["x", "1"]]), true));
  all.push("response", all.server.headers(7, [[":status", "404"]], true));
  all.parser.close("truncated", "capture_ended", 99);
  assert.deepEqual(
    all.log.lines(),
    [
      // Status 200 was in the table before: without it the answer's head is not known to be one.
      "#0 h2 POST - /v1/chat",
      '  request complete hpack_state no_response:capture_ended "{}"',
      "#1 h2  - ",
      '  request complete hpack_state ""',
      '  response 404 complete ""',
    ],
  );
});

Deno.test("http2 ends the streams that are idle", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE, all.client.headers(1, requestFields("GET", "/a"), true));
  all.push("response", all.server.headers(1, OK_FIELDS, false), dataFrame(1, "a"));
  all.push("request", all.client.headers(3, requestFields("GET", "/b"), true));
  all.parser.advance(301e9);
  assert.equal(all.parser.inFlight, 1);
  all.parser.advance(901e9);
  assert.equal(all.parser.inFlight, 0);
  assert.equal(all.log.lines()[2], '  response 200 truncated idle_timeout "a"');
});

Deno.test("http2 ends the stream idle longest when memory is short", () => {
  const all = new Conversation();
  all.push("request", ...PREAMBLE);
  for (const id of [1, 3]) all.push("request", all.client.headers(id, requestFields("GET", `/${id}`), false));
  all.push("request", dataFrame(1, "x"));
  assert.equal(all.parser.evict("memory", 5), true);
  assert.match(all.log.lines()[4] ?? "", /truncated memory/);
  assert.equal(all.parser.inFlight, 1);
});
