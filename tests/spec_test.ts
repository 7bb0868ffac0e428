/**
 * The documents the project was created from, beside the checkout: every configuration block they print is accepted, every jq and
 * awk line runs on real output, every command line is understood.
 */
import assert from "node:assert/strict";
import { COMMANDS } from "../cli/commands/registry.ts";
import { parseArgv } from "../cli/parse.ts";
import { records } from "../core/capture/records.ts";
import { loadConfig } from "../core/config/load.ts";
import { FindingError } from "../core/model/finding.ts";
import { testOrSkip } from "./skip.ts";
import { runPipeline } from "./support/run_pipeline.ts";

const ROOT = new URL("../", import.meta.url);
const SPEC = new URL("../shared/spec/", ROOT);
const FIXTURES = [
  "openai/chat_plain",
  "openai/chat_stream_tools",
  "anthropic/messages_tool_result",
  "openai/embeddings",
];

/** Keys printed without a section; they belong to every destination that batches. */
const BATCHING = ["export.otlp", "export.kafka", "export.webhook"];

function readSpec(prefix: string): string {
  try {
    const name = [...Deno.readDirSync(SPEC)].map((entry) => entry.name).find((entry) => entry.startsWith(prefix));
    return name === undefined ? "" : Deno.readTextFileSync(new URL(name, SPEC));
  } catch {
    return "";
  }
}

function hasProgram(name: string): boolean {
  return new Deno.Command("sh", { args: ["-c", `command -v ${name}`] }).outputSync().success;
}

function listFenced(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].filter((match) => match[1] === language).map((match) =>
    match[2] ?? ""
  );
}

/** Indented text under `config.toml: |`, until a line that is indented less. */
function listConfigMaps(text: string): string[] {
  return [...text.matchAll(/^ +config\.toml: \|\n((?:(?: {4,}.*)?\n)+)/gm)].map((match) =>
    (match[1] ?? "").replace(/^ {4}/gm, "")
  );
}

/** Sections and their keys standing in running text. */
function listLoose(text: string): string[] {
  return [...text.matchAll(/^\[export\..+\]\n(?:\w+ = .*(?:\n|$))+/gm)].map((match) => match[0]);
}

function check(text: string): readonly string[] {
  const path = Deno.makeTempFileSync({ suffix: ".toml" });
  try {
    Deno.writeTextFileSync(path, text);
    const env = (name: string) => name === "NODE_NAME" ? "node-1" : undefined;
    return loadConfig({ flagFile: path, env, isRoot: false, flags: [] }).findings.map((finding) => finding.severity);
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    throw new Error(`${error.findings.map((finding) => finding.what).join("\n")}\nin\n${text}`);
  } finally {
    Deno.removeSync(path);
  }
}

async function writeEvents(path: string): Promise<void> {
  for (const folder of FIXTURES) {
    const source = await records.open({ from: new URL(`fixtures/${folder}/1-raw.jsonl`, ROOT).pathname });
    const { events } = await runPipeline(source, "safe");
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    await Deno.writeTextFile(path, lines, { append: true });
  }
}

/** Runs a line in a folder that holds `events.jsonl`. */
async function runLine(line: string): Promise<string> {
  const cwd = await Deno.makeTempDir();
  try {
    await writeEvents(`${cwd}/events.jsonl`);
    const { stdout, stderr, success } = await new Deno.Command("sh", { args: ["-ec", line], cwd }).output();
    assert.ok(success, `${line}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

const exportPage = readSpec("000_");
const clusterPage = readSpec("001_");
const eventPage = readSpec("002_");
const missing = exportPage === "" || clusterPage === "" || eventPage === ""
  ? "../shared/spec is not beside the checkout"
  : undefined;
const missingPrograms = missing ?? (hasProgram("jq") && hasProgram("awk") ? undefined : "jq and awk are needed");

testOrSkip("every configuration block that the documents print is accepted", missing, () => {
  const fenced = listFenced(exportPage, "toml");
  const blocks = [...listConfigMaps(clusterPage), ...listLoose(eventPage)];
  assert.deepEqual([fenced.length, blocks.length], [17, 4]);
  for (const block of [...fenced, ...blocks]) {
    const texts = /^\[/m.test(block) ? [block] : BATCHING.map((path) => `[${path}]\n${block}`);
    for (const text of texts) assert.ok(!check(text).includes("error"), text);
  }
});

testOrSkip("a key that the documents do not print is refused", missing, () => {
  const block = listFenced(exportPage, "toml")[0] ?? "";
  assert.throws(() => check(`${block}compress = true\n`), /compress/);
});

testOrSkip("every command line that the documents print is understood", missing, () => {
  const lines = [...eventPage.matchAll(/^oisp-sensor (.+)$/gm)].map((match) => (match[1] ?? "").split(" "));
  const container = /- \/usr\/bin\/oisp-sensor\n((?: +- [^\n:]+\n)+)/.exec(clusterPage)?.[1] ?? "";
  lines.push([...container.matchAll(/- (.+)$/gm)].map((match) => match[1] ?? ""));
  assert.deepEqual(lines.map((line) => line.length), [3, 4, 3]);
  for (const line of lines) {
    const parsed = parseArgv(line, COMMANDS);
    assert.ok("given" in parsed && parsed.command?.id === "record", line.join(" "));
    assert.deepEqual(parsed.args, []);
  }
});

testOrSkip("every jq and awk line of the export page runs on real output", missingPrograms, async () => {
  const lines = listFenced(exportPage, "bash").join("").split("\n").filter((line) =>
    line.startsWith("cat events.jsonl")
  );
  assert.equal(lines.length, 3);
  const [count, select, total] = lines;
  assert.match(await runLine(count ?? ""), /^ +3 ai\.response$/m);
  assert.match(await runLine(count ?? ""), /^ +1 ai\.embedding$/m);
  assert.equal(await runLine(select ?? ""), "", "names are for people: OpenAI, not openai");
  const sum = Number(await runLine(total ?? ""));
  const usages = JSON.parse(
    await runLine("jq -s '[.[] | select(.event_type==\"ai.response\") | .data.usage]' events.jsonl"),
  );
  const parts = usages.map((usage: Record<string, number>) =>
    (usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0)
  );
  assert.equal(sum, parts.reduce((a: number, b: number) => a + b));
  assert.ok(sum > 0);
});

testOrSkip(
  "what the page selects by name the docs select by id, and that finds the calls",
  missingPrograms,
  async () => {
    const answer = "jq -c 'select(.data.provider.id == \"openai\") | .event_type' events.jsonl";
    assert.match(Deno.readTextFileSync(new URL("docs/events.md", ROOT)), /\.data\.provider\.id == "openai"/);
    const types = (await runLine(answer)).trim().split("\n");
    assert.deepEqual([...new Set(types)].sort(), ['"ai.embedding"', '"ai.request"', '"ai.response"']);
  },
);
