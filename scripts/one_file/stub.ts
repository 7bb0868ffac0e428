import { Failure } from "../failure.ts";
import { ROOT } from "../paths.ts";
import { run } from "../run.ts";

const SOURCE = `${ROOT}/packaging/one_file/stub.c`;
const SCRIPT = `${ROOT}/packaging/one_file/stub.ld`;
const FLAGS = [
  "-O2",
  "-ffreestanding",
  "-fno-stack-protector",
  "-fno-builtin",
  "-fPIC",
  "-fcf-protection=none",
  "-fno-asynchronous-unwind-tables",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-nostdlib",
  "-static",
  `-Wl,-T,${SCRIPT},--build-id=none,-z,noexecstack,--no-warn-rwx-segments,-e,0,--oformat=binary`,
];

/** Compiles the entry stub into a flat image. @throws {Failure} when gcc refuses or is missing */
export async function compileStub(): Promise<Uint8Array> {
  const path = await Deno.makeTempFile();
  try {
    const result = await run("gcc", [...FLAGS, "-o", path, SOURCE]);
    if (result.code !== 0) {
      throw new Failure(
        "Cannot compile the entry stub",
        result.stderr.trim(),
        `gcc ${FLAGS.join(" ")} -o stub.bin ${SOURCE}`,
      );
    }
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(path);
  }
}
