import { SHORT_NAMES } from "../../core/filter/short_names.ts";
import { FILTER_EXAMPLES, FILTER_OPERATORS } from "../../core/filter/syntax.ts";
import type { Invocation } from "../command.ts";
import { COMMANDS } from "../commands/registry.ts";
import { EXIT_CODE_TABLE, ExitCode } from "../exit_codes.ts";
import { listVariables } from "../environment.ts";
import { CODE_AREAS, FINDING_CODES } from "../finding_codes.ts";
import { renderCommandHelp, renderLongHelp } from "../help.ts";
import { findNearest } from "../../core/model/nearest.ts";
import { usageError } from "../usage.ts";
import { pad } from "../term/width.ts";

function renderRows(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${pad(name, width)}  ${text}`).join("\n");
}

function renderFilterTopic(): string {
  return [
    "Filters (--filter of tail, record, run, replay, decode):",
    renderRows(FILTER_OPERATORS),
    "",
    "Examples:",
    renderRows(FILTER_EXAMPLES.map(({ text, says }) => [`'${text}'`, says] as const)),
    "",
    "Short names; every field of an event can be used by its path, data. may be left out:",
    renderRows(SHORT_NAMES.map(({ name, summary }) => [name, summary] as const)),
  ].join("\n");
}

const TOPICS: Readonly<Record<string, () => string>> = {
  filter: renderFilterTopic,
  "exit-codes": () => "Exit codes:\n" + renderRows(EXIT_CODE_TABLE.map((row) => [row.code, row.meaning] as const)),
  environment: () =>
    "Environment (a flag wins over a variable, a variable over the file):\n" +
    renderRows(listVariables().map((row) => [row.name, row.summary] as const)),
  codes: () => "Codes of messages:\n" + renderRows(Object.entries(FINDING_CODES)),
};

function explainCode(code: string): string | undefined {
  const summary = FINDING_CODES[code];
  if (summary === undefined) return undefined;
  const area = CODE_AREAS[code.split("-")[1] ?? ""];
  return `${code}: ${summary}${area === undefined ? "" : `\n\n${area}`}`;
}

function renderTopic(topic: string): string {
  const command = COMMANDS.find((entry) => entry.id === topic);
  const text = command === undefined
    ? TOPICS[topic]?.() ?? explainCode(topic.toUpperCase())
    : renderCommandHelp(command, true);
  if (text !== undefined) return text;
  const known = [...COMMANDS.map((entry) => entry.id), ...Object.keys(TOPICS), ...Object.keys(FINDING_CODES)];
  const nearest = findNearest(topic, known);
  throw usageError({
    code: "OISP-CLI-008",
    severity: "error",
    what: `Cannot explain "${topic}": there is no such topic`,
    fix: nearest === undefined ? "oisp --help" : `oisp help ${nearest}`,
  });
}

/** Prints a topic of help on stdout. */
export function run({ args, io }: Invocation): Promise<number> {
  const topic = args[0];
  io.stdout.writeSync((topic === undefined ? renderLongHelp() : renderTopic(topic)) + "\n");
  return Promise.resolve(ExitCode.ok);
}
