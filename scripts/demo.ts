/**
 * `deno task demo`: a recording through the whole pipeline at once, while the native part is built; then live: a stand-in
 * provider over TLS and real, unmodified clients under `oisp run`. Where nothing can be captured it says why and stays with the
 * recording.
 */
import { renderDemo } from "../cli/demo/view.ts";
import type { RedactedEvent } from "../core/model/oisp_event.ts";
import { chatJob, CLIENTS, type Job, messagesJob } from "../tests/e2e/job.ts";
import { findStageReason, Stage } from "../tests/e2e/stage.ts";
import { requireDependencies } from "./dependencies.ts";
import { Failure, runScript } from "./failure.ts";
import { requireNativeLibrary } from "./native_library.ts";
import { ROOT } from "./paths.ts";
import { runHere } from "./run.ts";
import { say } from "./say.ts";

const OISP = [Deno.execPath(), "run", "-A", `${ROOT}/main.ts`];
const SHOWN_CLIENTS = ["curl", "python urllib", "node https"];
const NEXT = [
  "sudo dist/oisp run -- python3 my_agent.py   your own command",
  "sudo dist/oisp record                       the whole machine",
  "dist/oisp doctor                            what can be captured here, and why not",
];
const BUILD = "dist/oisp is made by: npx --yes deno@2.9.6 task build";

await runScript(async () => {
  await requireDependencies();
  const shown = Promise.withResolvers<void>();
  // Begun at once, but silent until the recording has been shown.
  const building = requireNativeLibrary(shown.promise).then(() => undefined, toReason);
  await runHere(OISP[0] ?? "", [...OISP.slice(1), "demo"], { cwd: ROOT, env: { OISP_DEMO_GOES_ON: "1" } });
  shown.resolve();
  const reason = findStageReason() ?? await building;
  say("");
  if (reason === undefined) await showLive();
  else say(`no live part here: ${reason}. What you saw came from the recording.`);
  await building;
  say("");
  for (const line of NEXT) say(`  ${line}`);
  say(`(${BUILD})`);
});

function toReason(error: unknown): string {
  if (error instanceof Failure) return error.line;
  throw error;
}

/** Every client that is installed makes two calls; each is captured from its first byte on. */
async function showLive(): Promise<void> {
  const clients = CLIENTS.filter((client) => SHOWN_CLIENTS.includes(client.name) && client.reason === undefined);
  say(`now live: ${clients.map(({ name }) => name).join(", ")}, unmodified, under oisp run`);
  const stage = await Stage.open();
  const paths: string[] = [];
  try {
    for (const [index, client] of clients.entries()) {
      const command = client.command(createJobs(index));
      const path = `${stage.folder}/live-${index}.jsonl`;
      const { code, stderr } = await stage.run([
        ...OISP,
        "run",
        "-q",
        "--redaction",
        "masked",
        "-o",
        path,
        "--",
        ...command,
      ]);
      if (code === 69 || code === 77) return say(`capture is not possible here: ${stderr.trim()}`);
      if (code !== 0) say(`${client.name} ended with ${code}: ${stderr.trim()}`);
      paths.push(path);
    }
    show(paths);
  } finally {
    await stage.close();
  }
}

function createJobs(index: number): Job[] {
  const text = "My mail is jane.doe@corp.example.";
  return index % 2 === 0
    ? [
      chatJob("call-demo", { text, stream: true, wishes: { pauseMs: 20 } }),
      messagesJob("call-demo", { tools: true, stream: true }),
    ]
    : [
      messagesJob("call-demo", { text, stream: true, wishes: { pauseMs: 20 } }),
      chatJob("call-demo", { tools: true }),
    ];
}

function show(paths: readonly string[]): void {
  const lines = paths.flatMap((path) => Deno.readTextFileSync(path).split("\n").filter(Boolean));
  const events = lines.map((line) => JSON.parse(line) as RedactedEvent);
  const columns = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 100;
  const hasColor = Deno.stdout.isTerminal() && !Deno.noColor;
  const calls = events.filter((event) => event.event_type.startsWith("ai.") || event.event_type.startsWith("agent."));
  let bytes = new TextEncoder().encode(renderDemo(calls, { hasColor, columns }).join("\n") + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}
