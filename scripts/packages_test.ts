import { match, strictEqual } from "node:assert";
import { ROOT } from "./paths.ts";

/** Asks for the build packages on a machine that has nothing but what is named. */
async function requireWith(programs: readonly string[], setup: string): Promise<{ code: number; text: string }> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of programs) {
      await Deno.writeTextFile(`${folder}/${name}`, "#!/bin/sh\nexit 9\n", { mode: 0o755 });
    }
    const code = `import { requireBuildPackages } from "${ROOT}/scripts/packages.ts";
      import { runScript } from "${ROOT}/scripts/failure.ts";
      await runScript(() => requireBuildPackages());`;
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-config", code],
      env: { PATH: folder, OISP_SETUP: setup, NO_COLOR: "1" },
      stdin: "null",
    }).output();
    return { code: output.code, text: new TextDecoder().decode(output.stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("set-up installs nothing with OISP_SETUP=never, and says in one line what is missing, why, and the command", async () => {
  const { code, text } = await requireWith(["cargo", "apt-get", "gcc", "make"], "never");
  strictEqual(code, 1);
  strictEqual(text.trim().split("\n").length, 1, text);
  match(text, /clang .*missing.*BPF programs.*OISP_SETUP=never.*Try: (sudo )?apt-get install .*clang/);
  strictEqual(/ gcc /.test(text.split("Try:")[1] ?? ""), false);
});

Deno.test("set-up names dnf packages where dnf is the installer", async () => {
  const { text } = await requireWith(["cargo", "dnf"], "never");
  match(text, /Try: (sudo )?dnf install .*pkgconf-pkg-config/);
});

Deno.test("set-up says where Rust comes from when cargo is missing", async () => {
  const { code, text } = await requireWith([], "");
  strictEqual(code, 1);
  match(text, /cargo is not on the PATH.*rustup\.rs/);
});

Deno.test("set-up that was refused by the installer says so", async () => {
  if (Deno.uid() !== 0) return;
  const { code, text } = await requireWith(["cargo", "apt-get"], "");
  strictEqual(code, 1);
  match(text, /set-up installs system packages/);
  match(text, /Cannot install the system packages/);
});
