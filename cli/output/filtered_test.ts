import assert from "node:assert/strict";
import { parseFilter } from "../../core/filter/filter.ts";
import type { RedactedEvent } from "../../core/model/oisp_event.ts";
import { filterDestination, limitDestination } from "./filtered.ts";

function event(id: number): RedactedEvent {
  return { event_type: id % 2 === 0 ? "ai.request" : "ai.response", id } as unknown as RedactedEvent;
}

function createDestination() {
  const written: RedactedEvent[][] = [];
  let closedWith: number | undefined;
  const handle = {
    write: (events: readonly RedactedEvent[]) => void written.push([...events]),
    flush: () => Promise.resolve(),
    close: (budgetMs: number) => Promise.resolve(void (closedWith = budgetMs)),
    health: () => ({ status: "ok" as const, eventsExported: written.flat().length, dropped: {} }),
  };
  return { written, closedWith: () => closedWith, destination: { name: "x", mode: "safe" as const, handle } };
}

Deno.test("a filter hands on what matches, in order, and counts the rest", async () => {
  const { written, closedWith, destination } = createDestination();
  const parsed = parseFilter("type:ai.response", "--filter");
  assert.ok("filter" in parsed);
  const { handle } = filterDestination(destination, parsed.filter);
  handle.write([0, 1, 2, 3].map(event));
  handle.write([4].map(event));
  assert.deepEqual(written, [[1, 3].map(event)]);
  assert.deepEqual(handle.health(), { status: "ok", eventsExported: 2, dropped: {}, filteredOut: 3 });
  await handle.close(7);
  assert.equal(closedWith(), 7);
});

Deno.test("without a filter a destination stays as it is", () => {
  const { destination } = createDestination();
  assert.equal(filterDestination(destination, undefined), destination);
});

Deno.test("a limit lets the first events through and tells when the last of them came, once", () => {
  const { written, destination } = createDestination();
  let told = 0;
  const { handle } = limitDestination(destination, 3, () => told++);
  handle.write([0, 1].map(event));
  assert.equal(told, 0);
  handle.write([2, 3].map(event));
  handle.write([4].map(event));
  assert.deepEqual(written, [[0, 1].map(event), [2].map(event)]);
  assert.equal(told, 1);
});
