import { findStageReason, Stage } from "../e2e/stage.ts";
import { startLoadServer } from "./live.ts";
import { buildLoadTools, findToolsReason } from "./load_tools.ts";
import { type Bench, round, type Row } from "./row.ts";

const BARS: Record<string, number> = { "1k": 1.25, "64k": 1.3, "1k-paced": 1.15 };

/** What capture adds to a closed-loop client: the same program on a library without probes and with them, interleaved. */
export const OVERHEAD: Bench = {
  id: "overhead",
  summary: "call time of a captured client over that of an unprobed one, interleaved; noise floor first",
  reason: () => findStageReason() ?? findToolsReason(),
  run: async (context) => {
    const tools = await buildLoadTools(context.folder);
    const stage = await Stage.open();
    const server = await startLoadServer(stage, tools);
    try {
      await copyLibrary(`${context.folder}/load/libcopy`);
      const script = ["python3", `${tools.folder}/ab.py`, "--rounds", context.isQuick ? "3" : "11"];
      const noise = await stage.run([...script, "--name", "none"], { limitMs: 300_000 });
      const sensor = [...context.oisp, "record", "-o", "{dir}/events.jsonl"].join(" ");
      const probed = await stage.run([...script, "--name", "oisp", "--start", sensor], { limitMs: 300_000 });
      return [...toRows(noise.stdout, "noise_floor", {}), ...toRows(probed.stdout, "overhead", BARS)];
    } finally {
      await server.stop();
      await stage.close();
    }
  },
};

/** Another file of the same library: probes are on files, so this one has none. */
async function copyLibrary(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const places = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib/x86_64-linux-gnu"];
  for (const name of ["libssl.so.3", "libcrypto.so.3"]) {
    for (const place of places) {
      if (await Deno.copyFile(`${place}/${name}`, `${folder}/${name}`).then(() => true, () => false)) break;
    }
  }
}

function toRows(text: string, prefix: string, bars: Record<string, number>): Row[] {
  return text.split("\n").filter((line) => line.startsWith("{")).map((line): Row => {
    const { case: name, floor_ratio: ratio, floor_added_us: addedUs, p50_ratio: median } = JSON.parse(line);
    const bar = bars[name];
    const note = `${addedUs} us added; ratio of medians ${median}`;
    const bench = `${prefix}_${String(name).replaceAll("-", "_")}`;
    return { bench, value: round(ratio), unit: "ratio", better: "lower", ...(bar === undefined ? {} : { bar }), note };
  });
}
