import { findStageReason, finish, Stage } from "../e2e/stage.ts";
import { buildLoadTools, findToolsReason, type LoadTools } from "./load_tools.ts";
import { median, readUse } from "./measure.ts";
import { type Bench, type BenchContext, round, type Row } from "./row.ts";

/** Capture under load: recall, loss, cost. */
export const LIVE: Bench = {
  id: "live",
  summary: "recall and cost of a running sensor under load",
  reason: () => findStageReason() ?? findToolsReason(),
  run: (context) =>
    withLoadServer(context, async (stage, tools) => {
      const rows: Row[] = [];
      for (const load of LOADS) rows.push(...await measureLoad(context, stage, tools, load));
      return [...rows, ...await measureIdle(context, stage), ...await measureFirstCall(context, stage, tools)];
    }),
};

/** Measures beside a server for the load generator, on a stage of its own. */
export async function withLoadServer(
  context: BenchContext,
  measure: (stage: Stage, tools: LoadTools) => Promise<Row[]>,
): Promise<Row[]> {
  const tools = await buildLoadTools(context.folder);
  const stage = await Stage.open();
  const server = await startLoadServer(stage, tools);
  try {
    return await measure(stage, tools);
  } finally {
    await server.stop();
    await stage.close();
  }
}

/** One run of the load generator. */
interface Load {
  readonly bench: string;
  readonly args: readonly string[];
  readonly calls: number;
  readonly connections: number;
  /** Content events of each stream; 0 for plain answers. */
  readonly chunks: number;
  readonly bar: number;
}

const LOADS: readonly Load[] = [
  load("recall_2000_flat_out", 2000, 1, 100, []),
  load("recall_16x250_flat_out", 4000, 16, 99, []),
  load("recall_20x1mb_flat_out", 20, 1, 100, ["-q", "1048576", "-s", "1048576"]),
  { ...load("recall_20_sse_500_flat_out", 20, 1, 100, ["-S", "500:40"]), chunks: 500 },
  { ...load("recall_32_slow_sse", 32, 16, 100, ["-S", "200:40:20"]), chunks: 200 },
  load("recall_paced_220", 1000, 1, 100, ["-W", "4"]),
  load("recall_20000_connections", 20_000, 4, 100, ["-k", "0"]),
  load("recall_16kb_5000_records", 10_000, 4, 100, ["-q", "15000", "-s", "15000", "-W", "1"]),
];

function load(bench: string, calls: number, connections: number, bar: number, args: readonly string[]): Load {
  return { bench, calls, connections, bar, chunks: 0, args: ["-n", String(calls), "-c", String(connections), ...args] };
}

/** A server under load, until it is stopped. */
export interface LoadServer {
  stop(): Promise<void>;
}

/** Starts the load server on the stage and waits until it answers. */
export async function startLoadServer(stage: Stage, tools: LoadTools): Promise<LoadServer> {
  const server = stage.spawn([tools.server, "-addr", "127.0.0.1:9443", "-cert", "server.pem", "-key", "server.key"]);
  const probe = [tools.loadgen, "-p", "9443", "-n", "1"];
  for (let attempt = 0; attempt < 50; attempt++) {
    const { stdout } = await stage.run(probe);
    if (stdout.includes('"errors":0')) return { stop: () => stopServer(server) };
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the load server does not answer");
}

async function stopServer(server: Deno.ChildProcess): Promise<void> {
  server.kill("SIGKILL");
  await server.status;
  await Promise.all([server.stdout.cancel(), server.stderr.cancel()]);
}

/** A sensor that runs on the stage. */
export interface Sensor {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts `oisp record` on the stage and waits until it is attached. */
export async function startSensor(context: BenchContext, stage: Stage, flags: readonly string[]): Promise<Sensor> {
  const command = ["sh", "-c", 'echo $$ > sensor.pid; exec "$@"', "sh", ...context.oisp, "record", ...flags];
  const child = stage.spawn(command);
  const ready = await stage.run([...context.oisp, "status", "--wait", "20s"]);
  if (ready.code !== 0) throw new Error(`the sensor did not attach: ${ready.stderr}`);
  const pid = Number(await Deno.readTextFile(`${stage.folder}/sensor.pid`));
  return {
    pid,
    stop: async () => {
      Deno.kill(pid, "SIGINT");
      const { code, stderr } = await finish(child, command, 60_000);
      if (code !== 0) throw new Error(`the sensor ended with ${code}: ${stderr.slice(-500)}`);
    },
  };
}

async function measureLoad(context: BenchContext, stage: Stage, tools: LoadTools, load: Load): Promise<Row[]> {
  const [events, report] = [`${context.folder}/${load.bench}.jsonl`, `${context.folder}/${load.bench}.json`];
  const flags = ["-o", events, "--redaction", "full", "--report", `json=${report}`];
  const sensor = await startSensor(context, stage, flags);
  const { client, cpuS, rssMb } = await putUnderLoad(stage, tools, sensor, load.args);
  const isPaced = load.bench === "recall_paced_220";
  // The same again with other ids: by now the engine has compiled what is hot.
  const warm = isPaced ? await putUnderLoad(stage, tools, sensor, [...load.args, "-i", "WARM"]) : undefined;
  await sensor.stop();
  const recall = await countRecall(stage, tools, load, events);
  const note = `${round(client.calls_per_s)} calls/s, sensor ${round(cpuS)} CPU s, ${round(rssMb)} MB`;
  const rows: Row[] = [
    { bench: load.bench, value: round(100 * recall / load.calls), unit: "%", better: "higher", bar: load.bar, note },
    { bench: `${load.bench}_lost_bytes`, value: await readLost(report), unit: "bytes", better: "lower" },
  ];
  if (warm === undefined) return rows;
  const toRow = (bench: string, useS: number): Row => {
    return { bench, value: round(useS / load.calls * 1000), unit: "s", better: "lower", bar: 0.2 };
  };
  rows.push(toRow("sensor_cpu_per_1000_calls", cpuS), toRow("sensor_cpu_per_1000_calls_warm", warm.cpuS));
  return rows;
}

/** What the load generator said, and what the sensor used until it was done with everything. */
interface LoadUse {
  readonly client: { readonly calls_per_s: number };
  readonly cpuS: number;
  /** At the end of the load. */
  readonly rssMb: number;
}

async function putUnderLoad(
  stage: Stage,
  tools: LoadTools,
  sensor: Sensor,
  args: readonly string[],
): Promise<LoadUse> {
  const before = readUse(sensor.pid);
  const { stdout } = await stage.run([tools.loadgen, "-p", "9443", ...args], { limitMs: 120_000 });
  const { rssMb } = readUse(sensor.pid);
  return { client: JSON.parse(stdout), cpuS: (await settle(sensor)) - before.cpuS, rssMb };
}

/** Waits until the sensor has worked off what it was given. Gives the CPU seconds it has used so far. */
async function settle(sensor: Sensor): Promise<number> {
  for (let last = readUse(sensor.pid).cpuS;;) {
    await pause(500);
    const { cpuS } = readUse(sensor.pid);
    if (cpuS - last < 0.02) return cpuS;
    last = cpuS;
  }
}

/** Calls whose prompt and answer are there from the first to the last word; for streams every chunk of it. */
async function countRecall(stage: Stage, tools: LoadTools, load: Load, events: string): Promise<number> {
  const args = [
    "-n",
    String(load.calls),
    "-c",
    String(load.connections),
    ...(load.chunks > 0 ? ["--sse", String(load.chunks)] : []),
  ];
  const { stdout, stderr } = await stage.run(["python3", `${tools.folder}/recall.py`, ...args, events]);
  if (stdout === "") throw new Error(stderr);
  const counted = JSON.parse(stdout);
  return load.chunks > 0 ? counted.streams_full : counted.full;
}

async function readLost(path: string): Promise<number> {
  const report = JSON.parse(await Deno.readTextFile(path));
  const lost: Record<string, number> = report.account?.lost ?? {};
  return Object.values(lost).reduce((sum, bytes) => sum + bytes, 0);
}

async function measureIdle(context: BenchContext, stage: Stage): Promise<Row[]> {
  const sensor = await startSensor(context, stage, ["-o", `${context.folder}/idle.jsonl`]);
  await pause(3000);
  const before = readUse(sensor.pid);
  const seconds = context.isQuick ? 10 : 60;
  await pause(seconds * 1000);
  const after = readUse(sensor.pid);
  await sensor.stop();
  return [
    {
      bench: "idle_cpu",
      value: round(100 * (after.cpuS - before.cpuS) / seconds),
      unit: "%",
      better: "lower",
      bar: 0.1,
    },
    { bench: "idle_rss", value: round(after.rssMb), unit: "MB", better: "lower", bar: 90 },
  ];
}

/** From the start of the sensor to the time of the first call it captured, calls coming every 5 ms. */
async function measureFirstCall(context: BenchContext, stage: Stage, tools: LoadTools): Promise<Row[]> {
  const times: number[] = [];
  for (let attempt = 0; attempt < (context.isQuick ? 1 : 5); attempt++) {
    const calls = stage.spawn([tools.loadgen, "-p", "9443", "-n", "400", "-k", "0", "-W", "5"]);
    const path = `${context.folder}/first-${attempt}.jsonl`;
    const startMs = performance.timeOrigin + performance.now();
    const command = [...context.oisp, "record", "-o", path, "--duration", "3s"];
    await finish(stage.spawn(command), command, 30_000);
    await finish(calls, ["loadgen"], 30_000);
    const lines = (await Deno.readTextFile(path)).split("\n");
    const first = lines.find((line) => line.includes('"event_type":"ai.request"'));
    if (first) times.push(Date.parse(JSON.parse(first).timestamp) - startMs);
  }
  return [{ bench: "start_to_first_call", value: round(median(times) / 1000), unit: "s", better: "lower", bar: 0.5 }];
}

function pause(durationMs: number): Promise<void> {
  return new Promise((done) => setTimeout(done, durationMs));
}
