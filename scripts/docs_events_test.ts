import { strictEqual } from "node:assert";
import { toJsonSchema } from "@valibot/to-json-schema";
import { OispEventSchema } from "../core/model/event_schema.ts";
import { EVENTS_PAGE, renderEventsPage } from "./docs_events.ts";
import { TYPE_NOTES } from "./docs_events_notes.ts";

Deno.test("docs/events.md is what the schema gives; write it with: deno run -A scripts/docs_events.ts", async () => {
  strictEqual(await Deno.readTextFile(EVENTS_PAGE), renderEventsPage());
});

Deno.test("every event type has its sentence in the docs", () => {
  const text = JSON.stringify(toJsonSchema(OispEventSchema));
  for (const match of text.matchAll(/"event_type":\{"const":"([a-z_.]+)"/g)) {
    strictEqual(TYPE_NOTES[match[1] ?? ""] !== undefined, true, match[1]);
  }
});
