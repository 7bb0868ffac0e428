import { deepStrictEqual as equals, strictEqual as is } from "node:assert";
import type { OispEvent } from "../core/model/oisp_event.ts";
import { chatRequest, chatResponse, chatStream, mixedPieces, type Piece, toRecords } from "./support/chat_bytes.ts";
import { comparable, runRecords } from "./support/run_pipeline.ts";
import { cut, Random } from "./support/random.ts";

/** Cuts every piece into parts of the same time; the order within a direction stays. */
function cutPieces(pieces: readonly Piece[], seed: number): Piece[] {
  return pieces.flatMap((piece, index) => {
    const parts = cut(piece.bytes, seed < 2 ? seed : seed * 1000 + index);
    return parts.map((bytes, part) => {
      const { closed, ...rest } = piece;
      return { ...rest, bytes, ...(closed === true && part === parts.length - 1 ? { closed } : {}) };
    });
  });
}

/** One piece after the other of the same direction, at the same time, become one. */
function joinPieces(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && last.conn === piece.conn && last.dir === piece.dir) {
      joined[joined.length - 1] = { ...last, bytes: new Uint8Array([...last.bytes, ...piece.bytes]) };
    } else joined.push(piece);
  }
  return joined;
}

async function eventsOf(pieces: readonly Piece[]): Promise<unknown[]> {
  return comparable((await runRecords(toRecords(pieces), "full")).events);
}

Deno.test("any cut of the input into chunks gives the same events, whole, byte by byte and at 40 random places", async () => {
  const whole = await eventsOf(mixedPieces());
  is(whole.length, 8);
  for (let seed = 1; seed <= 40; seed++) equals(await eventsOf(cutPieces(mixedPieces(), seed)), whole, `seed ${seed}`);
});

Deno.test("safe and masked events are the same for any cut, too", async () => {
  for (const mode of ["safe", "masked"] as const) {
    const whole = comparable((await runRecords(toRecords(mixedPieces()), mode)).events);
    for (const seed of [1, 7, 8]) {
      equals(comparable((await runRecords(toRecords(cutPieces(mixedPieces(), seed)), mode)).events), whole);
    }
  }
});

Deno.test("a stream that arrives in one piece gives what it gives in many, apart from the times of its pieces", async () => {
  const pieces: Piece[] = [
    { conn: 1, dir: "w", bytes: chatRequest("q", { stream: true }), timeNs: 1000 },
    ...chatStream(["one", " two"]).map((bytes): Piece => ({ conn: 1, dir: "r", bytes, timeNs: 2000 })),
  ];
  equals(await eventsOf(joinPieces(pieces)), await eventsOf(pieces));
});

Deno.test("connections that interleave byte by byte do not mix", async () => {
  const random = new Random(9);
  const lanes = [1, 2, 3, 4].map((conn) => [
    ...cut(chatRequest(`question ${conn}`), 1).map((bytes): Piece => ({ conn, dir: "w", bytes, timeNs: 1000 * conn })),
    ...cut(chatResponse(`answer ${conn}`), 1).map((bytes): Piece => ({ conn, dir: "r", bytes, timeNs: 9000 * conn })),
  ]);
  const mixed: Piece[] = [];
  while (lanes.some((lane) => lane.length > 0)) {
    const piece = random.pick(lanes.filter((lane) => lane.length > 0)).shift();
    if (piece !== undefined) mixed.push(piece);
  }
  const { events } = await runRecords(toRecords(mixed), "full");
  const pairs = events.map((event) => textOf(event)).sort();
  equals(pairs, [1, 2, 3, 4].flatMap((conn) => [`answer ${conn}`, `question ${conn}`]).sort());
});

function textOf(event: OispEvent): string | undefined {
  if (event.event_type === "ai.request") return event.data.messages?.[0]?.content;
  return event.event_type === "ai.response" ? event.data.choices?.[0]?.message.content : event.event_type;
}
