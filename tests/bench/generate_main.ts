/** `generate_main.ts KIND COUNT`: writes the benchmark's input to stdout as it is made, so that none of it lies on a disk. */
import { type BenchKind, generate } from "./generate.ts";

const LINES_A_WRITE = 200;
const encoder = new TextEncoder();
const [kind = "chat", count = "1000"] = Deno.args;
let lines: string[] = [];

function flush(): void {
  let bytes = encoder.encode(lines.join(""));
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  lines = [];
}

generate(kind as BenchKind, Number(count), (line) => {
  if (lines.push(line + "\n") >= LINES_A_WRITE) flush();
});
flush();
