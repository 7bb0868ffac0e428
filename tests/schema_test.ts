/** What `oisp schema` prints, seen by an independent validator: it is a schema, and every event of the fixtures obeys it. */
import assert from "node:assert/strict";
import Ajv from "ajv/dist/2020.js";
import { records } from "../core/capture/records.ts";
import type { RedactedEvent, RedactionMode } from "../core/model/oisp_event.ts";
import { runPipeline } from "./support/run_pipeline.ts";

const ROOT = new URL("../", import.meta.url);
const MODES: readonly RedactionMode[] = ["safe", "masked", "minimal", "full"];

async function printSchema(what: string): Promise<Record<string, unknown>> {
  const args = [
    "run",
    "-A",
    "--quiet",
    `--config=${ROOT.pathname}deno.json`,
    `${ROOT.pathname}main.ts`,
    "schema",
    what,
  ];
  const { stdout, success } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  assert.ok(success);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function listRecordings(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1).flatMap((entry) => {
    if (entry.isDirectory) return listRecordings(new URL(`${entry.name}/`, folder));
    return entry.name === "1-raw.jsonl" ? [new URL(entry.name, folder)] : [];
  });
}

async function readEvents(file: URL, mode: RedactionMode): Promise<readonly RedactedEvent[]> {
  const source = await records.open({ from: file.pathname });
  return (await runPipeline(source, mode, { wantsChunks: true })).events;
}

async function createValidator() {
  return new Ajv.default({ strict: true, allowUnionTypes: true, allErrors: true }).compile(await printSchema("events"));
}

for (const what of ["events", "config"]) {
  Deno.test(`the printed schema of ${what} is a JSON Schema of 2020-12`, async () => {
    const schema = await printSchema(what);
    const ajv = new Ajv.default();
    assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
    assert.ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors));
  });
}

Deno.test("every event of every fixture obeys the printed schema, in every mode", async () => {
  const validate = await createValidator();
  const types = new Set<string>();
  for (const file of listRecordings(new URL("fixtures/", ROOT))) {
    for (const mode of MODES) {
      for (const event of await readEvents(file, mode)) {
        const published = JSON.parse(JSON.stringify(event));
        assert.ok(
          validate(published),
          `${file.pathname} ${mode} ${event.event_type}: ${JSON.stringify(validate.errors)}`,
        );
        types.add(event.event_type);
      }
    }
  }
  for (const type of ["ai.request", "ai.response", "ai.streaming_chunk", "ai.embedding", "agent.tool_call"]) {
    assert.ok(types.has(type), `the fixtures have no ${type}`);
  }
});

Deno.test("the printed schema refuses a null, a field nobody knows, another timestamp and a text for a number", async () => {
  const validate = await createValidator();
  const file = new URL("fixtures/openai/chat_plain/1-raw.jsonl", ROOT);
  const answer = (await readEvents(file, "safe")).find((event) => event.event_type === "ai.response");
  assert.ok(answer !== undefined);
  const change = (more: object) => JSON.parse(JSON.stringify({ ...answer, ...more }));
  assert.ok(validate(change({})));
  assert.equal(validate(change({ app: null })), false);
  assert.equal(validate(change({ ts: answer.timestamp })), false);
  assert.equal(validate(change({ timestamp: "2026-01-01T00:00:00Z" })), false);
  assert.equal(validate(change({ event_type: "ai.answer" })), false);
  assert.equal(validate(change({ data: { ...answer.data, latency_ms: "12" } })), false);
});
