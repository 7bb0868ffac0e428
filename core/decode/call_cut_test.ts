/** Answers that were cut before anything of them could be read: never an empty answer that succeeded. */
import assert from "node:assert/strict";
import zlib from "node:zlib";
import { chatRequest, chatStream } from "../../tests/support/chat_bytes.ts";
import { FactMaker } from "../../tests/support/facts.ts";
import { dataFrame, frame, HpackWriter, PREFACE, requestFields } from "../../tests/support/http2_writer.ts";
import { concat } from "../../tests/support/random.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { createCallStage } from "./call_stage.ts";
import { createDecoder, DECODER_DEFAULTS } from "./decoder.ts";

const encoder = new TextEncoder();
const JSON_BODY = encoder.encode(JSON.stringify({
  id: "chatcmpl-1",
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
}));
const SSE_BODY = encoder.encode(
  chatStream(["hello"]).slice(1, -1).map((chunk) =>
    new TextDecoder().decode(chunk).replace(/^[0-9a-f]+\r\n|\r\n$/g, "")
  )
    .join(""),
);
const CODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  "deflate (raw)": (bytes) => zlib.deflateRawSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
};
const BODIES = [["application/json", JSON_BODY], ["text/event-stream", SSE_BODY]] as const;

/** The answer event of bytes that the client sent and received before the connection was closed. */
function answerOf(sent: Uint8Array, received: Uint8Array): EventOf<"ai.response"> {
  const answers: EventOf<"ai.response">[] = [];
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "test", createCallStage }, {
    draft: ({ event }) => void (event.event_type === "ai.response" && answers.push(event)),
    verdict: () => {},
  });
  const facts = new FactMaker();
  decoder.raw(facts.data(">", sent));
  decoder.raw(facts.data("<", received));
  decoder.raw(facts.connection("closed"));
  decoder.advance(facts.timeNs);
  decoder.close();
  assert.equal(answers.length, 1);
  return answers[0]!;
}

function http1Answer(type: string, fields: string, body: Uint8Array): EventOf<"ai.response"> {
  const head = encoder.encode(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${fields}\r\n`);
  return answerOf(chatRequest("hi", { stream: type === "text/event-stream" }), concat([head, body]));
}

function assertCut({ data, confidence }: EventOf<"ai.response">, name: string): void {
  assert.notEqual(confidence.completeness, "full", name);
  assert.equal(data.success, undefined, name);
  assert.equal(data.finish_reason, undefined, name);
  assert.ok((confidence.reasons ?? []).length > 0, name);
  assert.deepEqual(confidence.missing, ["choices", "finish_reason", "usage"], name);
}

Deno.test("a compressed body that ends with its connection before it gave anything is cut, not empty", () => {
  for (const [type, body] of BODIES) {
    for (const [name, code] of Object.entries(CODERS)) {
      const coded = code(body);
      const fields = `Content-Encoding: ${name.replace(" (raw)", "")}\r\nConnection: close\r\n`;
      for (let end = 0; end < coded.length / 10; end++) {
        assertCut(http1Answer(type, fields, coded.subarray(0, end)), `${type}, ${name}, ${end} of ${coded.length}`);
      }
      const whole = http1Answer(type, fields, coded);
      assert.equal(whole.confidence.completeness, "full", name);
      assert.equal(whole.data.success, true, name);
    }
  }
});

Deno.test("a compressed body is cut when its framing is whole and its coding is not", () => {
  for (const [name, code] of Object.entries(CODERS)) {
    const part = code(JSON_BODY).subarray(0, 6);
    const coding = `Content-Encoding: ${name.replace(" (raw)", "")}\r\n`;
    assertCut(http1Answer("application/json", `${coding}Content-Length: ${part.length}\r\n`, part), name);
    const chunk = concat([encoder.encode(`${part.length}\r\n`), part, encoder.encode("\r\n0\r\n\r\n")]);
    assertCut(http1Answer("application/json", `${coding}Transfer-Encoding: chunked\r\n`, chunk), name);
  }
});

Deno.test("a body of no bytes is cut where its framing is not at its end, and empty where it is", () => {
  const nothing = new Uint8Array(0);
  for (const [type] of BODIES) {
    assertCut(http1Answer(type, "Connection: close\r\n", nothing), "until close");
    assertCut(http1Answer(type, "Content-Length: 100\r\n", nothing), "content-length");
    assertCut(http1Answer(type, "Transfer-Encoding: chunked\r\n", nothing), "chunked");
    assertCut(http1Answer(type, "Transfer-Encoding: chunked\r\n", encoder.encode("1f")), "within the size of a chunk");
    assert.equal(http1Answer(type, "Content-Length: 0\r\n", nothing).confidence.reasons, undefined);
  }
});

Deno.test("a stream of HTTP/2 that ends without its last frame is cut, whatever ended it", () => {
  const code = (value: number) => Uint8Array.of(0, 0, 0, value);
  const endings: Readonly<Record<string, readonly Uint8Array[]>> = {
    "the connection": [],
    "RST_STREAM with CANCEL": [frame(3, 0, 1, code(8))],
    "RST_STREAM with NO_ERROR": [frame(3, 0, 1, code(0))],
    "GOAWAY before it": [frame(7, 0, 0, concat([code(0), code(2)]))],
    "GOAWAY behind it": [frame(7, 0, 0, concat([code(1), code(0)]))],
  };
  for (const [name, frames] of Object.entries(endings)) {
    assertCut(http2Answer([["content-type", "application/json"]], frames), name);
  }
  const part = CODERS.br!(JSON_BODY).subarray(0, 3);
  const coded = [["content-type", "application/json"], ["content-encoding", "br"]] as const;
  assertCut(http2Answer(coded, [dataFrame(1, part, true)]), "a cut coding");
});

function http2Answer(fields: readonly (readonly [string, string])[], frames: readonly Uint8Array[]) {
  const [client, server] = [new HpackWriter(), new HpackWriter()];
  const request = chatRequest("hi");
  const body = request.subarray(new TextDecoder("latin1").decode(request).indexOf("\r\n\r\n") + 4);
  const head = requestFields("POST", "/v1/chat/completions").map(([name, value]) =>
    [name, name === ":authority" ? "api.openai.com" : value] as const
  );
  return answerOf(
    concat([PREFACE, frame(4, 0, 0), client.headers(1, head, false), dataFrame(1, body, true)]),
    concat([frame(4, 0, 0), server.headers(1, [[":status", "200"], ...fields], false), ...frames]),
  );
}
