/** What a running sensor costs programs that are not looked at, what it adds to one TLS call, and whether a flood makes it grow. */
import { findStageReason, Stage } from "../e2e/stage.ts";
import { startLoadServer, startSensor } from "./live.ts";
import { buildLoadTools, findToolsReason } from "./load_tools.ts";
import { median, readUse } from "./measure.ts";
import { type Bench, type BenchContext, round, type Row } from "./row.ts";

/** Cost for everybody else, and growth. */
export const BURDEN: Bench = {
  id: "burden",
  summary: "a program without TLS, one TLS call filtered out and captured, memory under a flood",
  reason: () => findStageReason() ?? findToolsReason(),
  run: async (context) => {
    const stage = await Stage.open();
    try {
      await Deno.writeTextFile(`${context.folder}/tls_pair.py`, TLS_PAIR);
      return [...await measureOthers(context, stage), ...await measureFlood(context, stage)];
    } finally {
      await stage.close();
    }
  },
};

/** Moves 1 KB through an in-memory pair of TLS ends and prints the microseconds of one write with its read. */
const TLS_PAIR = `import ssl, sys, time
client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
server.load_cert_chain("server.pem", "server.key")
a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
c, s = client.wrap_bio(a, b), server.wrap_bio(b, a, server_side=True)
for _ in range(4):
    for end in (c, s):
        try: end.do_handshake()
        except ssl.SSLWantReadError: pass
data, n, best = b"x" * 1024, 2000, 1e9
for _ in range(int(sys.argv[1])):
    t = time.perf_counter()
    for _ in range(n):
        c.write(data); s.read(2048)
    best = min(best, (time.perf_counter() - t) / n * 1e6)
print(best)
`;

type Probe = (stage: Stage) => Promise<number>;

const readMicros: Probe = async (stage) =>
  Number((await stage.run(["python3", `${stage.folder}/tls_pair.py`, "10"])).stdout);

/** Wall time of `tar` over many small files. */
const tarSeconds: Probe = async (stage) => {
  const startMs = performance.now();
  await stage.run(["tar", "-C", "/usr", "-cf", "/dev/null", "include", "share/doc", "lib/python3"]);
  return (performance.now() - startMs) / 1000;
};

async function measureOthers(context: BenchContext, stage: Stage): Promise<Row[]> {
  await Deno.copyFile(`${context.folder}/tls_pair.py`, `${stage.folder}/tls_pair.py`);
  const rounds = context.isQuick ? 2 : 5;
  const none = { tar: [] as number[], call: [] as number[] };
  const whole = { tar: [] as number[], call: [] as number[] };
  const filtered: number[] = [];
  await tarSeconds(stage);
  for (let round = 0; round < rounds; round++) {
    none.tar.push(await tarSeconds(stage));
    none.call.push(await readMicros(stage));
    const sensor = await startSensor(context, stage, ["-o", `${context.folder}/burden-${round}.jsonl`]);
    whole.tar.push(await tarSeconds(stage));
    whole.call.push(await readMicros(stage));
    await sensor.stop();
    const other = await startSensor(context, stage, ["-o", `${context.folder}/other-${round}.jsonl`, "--uid", "65533"]);
    filtered.push(await readMicros(stage));
    await other.stop();
  }
  // One write and one read: two calls.
  const added = (values: readonly number[]) => round((median(values) - median(none.call)) / 2);
  const note = `a write and a read of 1 KB take ${round(median(none.call))} us without a sensor`;
  return [
    {
      bench: "tar_small_files",
      value: round(median(whole.tar) / median(none.tar)),
      unit: "ratio",
      better: "lower",
      bar: 1.05,
    },
    { bench: "tls_call_filtered_out", value: added(filtered), unit: "us", better: "lower", bar: 10, note },
    { bench: "tls_call_captured", value: added(whole.call), unit: "us", better: "lower", bar: 25, note },
  ];
}

/** Memory of the sensor in the second half of a flood over that in the first. */
async function measureFlood(context: BenchContext, stage: Stage): Promise<Row[]> {
  const tools = await buildLoadTools(context.folder);
  const server = await startLoadServer(stage, tools);
  const sensor = await startSensor(context, stage, ["-o", `${context.folder}/flood.jsonl`]);
  const seconds = context.isQuick ? 10 : Number(Deno.env.get("OISP_FLOOD_SECONDS") ?? 60);
  const sizes: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  try {
    while (performance.now() < endMs) {
      await stage.run([tools.loadgen, "-p", "9443", "-n", "4000", "-c", "8", "-q", "4096", "-s", "4096"], {
        limitMs: 60_000,
      });
      sizes.push(readUse(sensor.pid).rssMb);
    }
  } finally {
    await sensor.stop();
    await server.stop();
  }
  const half = Math.ceil(sizes.length / 2);
  const growth = median(sizes.slice(half)) / median(sizes.slice(0, half));
  const note = `${seconds} s of 8 connections flat out, ${sizes.length * 4000} calls, ${
    round(Math.max(...sizes))
  } MB at most`;
  return [{ bench: "flood_memory_growth", value: round(growth), unit: "ratio", better: "lower", bar: 1.1, note }];
}
