/** `oisp run` as a wrapper: exit codes, signals, terminal-free child, sudo. */
import { deepStrictEqual, match, strictEqual } from "node:assert";
import { isOnPath } from "../../scripts/run.ts";
import { testOrSkip } from "../skip.ts";
import { chatJob, CLIENTS } from "./job.ts";
import { findCaptureReason, oispCommand } from "./oisp.ts";
import { finish, Stage } from "./stage.ts";

const reason = findCaptureReason();

async function withStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open();
  try {
    await use(stage);
  } finally {
    await stage.close();
  }
}

function runCommand(...command: string[]): string[] {
  return [...oispCommand(), "run", "--", ...command];
}

const CODES: [string, string[], number][] = [
  ["of a child that succeeds", ["true"], 0],
  ["of a child that fails", ["sh", "-c", "exit 3"], 3],
  ["of a child that is ended by SIGTERM", ["sh", "-c", "kill -TERM $$"], 143],
  ["of a file that cannot be executed", ["/etc/hostname"], 126],
  ["of a command that does not exist", ["no-such-command-at-all"], 127],
];

for (const [what, command, code] of CODES) {
  testOrSkip(
    `run ends with ${code}, the code ${what}`,
    reason,
    () => withStage(async (stage) => strictEqual((await stage.run(runCommand(...command))).code, code)),
  );
}

const nobody = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
  "--bounding-set=-all",
  "env",
  "HOME=/nonexistent",
];

/** From source, Deno and this clone may lie where nobody else can read. */
function findNobodyReason(): string | undefined {
  if (!isOnPath("setpriv")) return "setpriv is missing";
  const [program = "", ...args] = [...nobody, ...oispCommand(), "version"];
  const tried = new Deno.Command(program, { args, cwd: "/", stdout: "null", stderr: "null" }).outputSync();
  return tried.success ? undefined : "another user cannot start this oisp from where it lies";
}

testOrSkip(
  "without rights run ends with 77 and the child is not started",
  reason ?? findNobodyReason(),
  () =>
    withStage(async (stage) => {
      await Deno.chmod(stage.folder, 0o777);
      const marker = `${stage.folder}/started`;
      const { code, stderr } = await stage.run([...nobody, ...oispCommand(), "run", "--", "touch", marker]);
      strictEqual(code, 77, stderr);
      strictEqual(stderr.includes("try"), true, stderr);
      await Deno.stat(marker).then(() => strictEqual("started", "not started"), () => {});
    }),
);

testOrSkip(
  "a command that cannot be started ends with 126 or 127 and the reason alone",
  reason,
  () =>
    withStage(async (stage) => {
      await Deno.writeTextFile(`${stage.folder}/plain`, "no program\n");
      for (const [command, exitCode] of [["./plain", 126], ["no-such-program", 127]] as const) {
        const { code, stdout, stderr } = await stage.run([...oispCommand(), "run", "--", command]);
        deepStrictEqual([code, stdout, stderr.split("\n")[0]?.startsWith(`oisp: Cannot run "${command}"`)], [
          exitCode,
          "",
          true,
        ]);
        strictEqual(stderr.includes("0 calls"), false, stderr);
      }
    }),
);

testOrSkip(
  "argv, environment and exit of the child are exactly the caller's",
  reason,
  () =>
    withStage(async (stage) => {
      const argv = ["", "a b", "--", "-x", "ü", "$HOME"];
      const { stdout } = await stage.run(
        runCommand(
          "sh",
          "-c",
          'printf "%s\\n" "$0" "$@"; printf "%s\\n" "$KEPT" "${DENO_DIR-none}" "${OISP_LIBRARY-none}"',
          "zero",
          ...argv,
        ),
        { env: { KEPT: "kept value" } },
      );
      deepStrictEqual(stdout.split("\n"), ["zero", ...argv, "kept value", "none", "none", ""]);
    }),
);

testOrSkip("a SIGINT that is sent to oisp reaches the child once", reason, () =>
  withStage(async (stage) => {
    const script =
      `trap 'echo got' INT; touch ready; i=0; while [ $i -lt 40 ]; do sleep 0.05; i=$((i+1)); done; exit 5`;
    const command = runCommand("sh", "-c", script);
    const child = stage.spawn(["sh", "-c", 'echo $$ >oisp.pid; exec "$@"', "sh", ...command]);
    const done = finish(child, command, 20_000);
    await waitForFile(`${stage.folder}/ready`);
    Deno.kill(Number(await Deno.readTextFile(`${stage.folder}/oisp.pid`)), "SIGINT");
    const outcome = await done;
    strictEqual(outcome.code, 5, outcome.stderr);
    strictEqual(outcome.stdout.split("got").length - 1, 1, outcome.stdout);
  }));

async function waitForFile(path: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await Deno.stat(path).then(() => true, () => false)) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`${path} never appeared`);
}

const sudoReason = reason ?? (isOnPath("sudo") && isOnPath("runuser") ? undefined : "sudo or runuser is missing") ??
  findSudoReason();

/** A user who may use sudo for this one command is made for the test only where root may write to sudoers.d. */
function findSudoReason(): string | undefined {
  const tried = new Deno.Command("sudo", { args: ["-n", "true"], stdout: "null", stderr: "piped" }).outputSync();
  return tried.success ? undefined : "sudo does not work here: " + new TextDecoder().decode(tried.stderr).trim();
}

/** Lets the user daemon use sudo, inside the stage's own mounts only: nothing is left on the machine, however the test ends. */
async function allowSudo(stage: Stage): Promise<string> {
  await Deno.chmod(stage.folder, 0o777);
  const script = "mount -t tmpfs -o mode=750 none /etc/sudoers.d && umask 337 && " +
    "echo 'daemon ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/oisp-test";
  const { code, stderr } = await stage.run(["sh", "-c", script]);
  strictEqual(code, 0, stderr);
  return oispCommand().map((part) => `'${part}'`).join(" ");
}

testOrSkip(
  "under sudo the child is the caller: user, groups, environment with its API key; the output file is the caller's",
  sudoReason,
  () =>
    withStage(async (stage) => {
      const script = 'id -u; id -G; echo "$OPENAI_API_KEY"; echo "${SUDO_UID-none}"';
      // sudo as user 1 (daemon): root asks sudo to become daemon's shell, and that shell's own sudo is what a user would type.
      const oisp = await allowSudo(stage);
      const line = `OPENAI_API_KEY=only-in-the-shell; export OPENAI_API_KEY; cd ${stage.folder}; ` +
        `exec sudo ${oisp} run -o out.jsonl -- sh -c '${script}'`;
      const { stdout, stderr, code } = await stage.run(["runuser", "-u", "daemon", "--", "sh", "-c", line]);
      strictEqual(code, 0, stderr);
      const groups = new TextDecoder().decode(
        (await new Deno.Command("id", { args: ["-G", "daemon"] }).output()).stdout,
      ).trim();
      const lines = stdout.trim().split("\n");
      deepStrictEqual([lines[0], lines[1], lines[2], lines[3]], ["1", groups, "only-in-the-shell", "none"]);
      strictEqual((await Deno.stat(`${stage.folder}/out.jsonl`)).uid, 1);
    }),
);

testOrSkip("under sudo a planted symlink as output is refused", sudoReason, () =>
  withStage(async (stage) => {
    const oisp = await allowSudo(stage);
    const victim = `${stage.folder}/victim`;
    await Deno.writeTextFile(victim, "untouched", { mode: 0o600 });
    const line = `cd ${stage.folder}; ln -s victim out.jsonl; exec sudo ${oisp} run -o out.jsonl -- true`;
    const { code, stderr } = await stage.run(["runuser", "-u", "daemon", "--", "sh", "-c", line]);
    strictEqual(code, 73, stderr);
    strictEqual(await Deno.readTextFile(victim), "untouched");
  }));

testOrSkip("under sudo only files that the caller may read are inputs", sudoReason, () =>
  withStage(async (stage) => {
    const oisp = await allowSudo(stage);
    await Deno.writeTextFile(`${stage.folder}/of-root`, "nothing for others\n", { mode: 0o600 });
    await Deno.writeTextFile(`${stage.folder}/of-all`, "for everybody\n", { mode: 0o644 });
    const ask = (words: string) =>
      stage.run(["runuser", "-u", "daemon", "--", "sh", "-c", `cd ${stage.folder}; exec sudo ${oisp} ${words}`]);
    for (const words of ["redact of-root", "decode --from records of-root", "replay of-root", "tail of-root"]) {
      const { code, stdout, stderr } = await ask(words);
      deepStrictEqual([code, stdout], [66, ""], `${words}: ${stderr}`);
    }
    const { code, stdout, stderr } = await ask("redact of-all");
    deepStrictEqual([code, stdout], [0, "for everybody\n"], stderr);
  }));

testOrSkip(
  "run writes to a command of the shell, to a pipe with a name and to /dev/null",
  reason,
  () =>
    withStage(async (stage) => {
      const oisp = oispCommand().map((part) => `'${part}'`).join(" ");
      const ask = (words: string) => stage.run(["bash", "-c", `cd ${stage.folder}; ${words}`]);
      const lines = [
        `${oisp} run -o >(cat > out) -- true`,
        `${oisp} run -o /dev/fd/9 -- true 9> out`,
        `mkfifo p; cat p > out & ${oisp} run -o p -- true`,
      ];
      for (const line of lines) {
        // What attached is told in events, so there is something to write.
        const { code, stderr } = await ask(`rm -f out; ${line}; code=$?; until test -s out; do :; done; exit $code`);
        strictEqual(code, 0, `${line}: ${stderr}`);
        match(await Deno.readTextFile(`${stage.folder}/out`), /^\{"oisp_version":/);
      }
      const { code, stderr } = await ask(`${oisp} run -o /dev/null -- sh -c 'exit 3'`);
      strictEqual(code, 3, stderr);
    }),
);

testOrSkip(
  "under sudo pipes of the caller, streams and /dev/null are outputs; a pipe of root is refused",
  sudoReason,
  () =>
    withStage(async (stage) => {
      const oisp = await allowSudo(stage);
      await stage.run(["sh", "-c", `cd ${stage.folder}; mkfifo -m 600 of-root; mkfifo -m 600 mine; chown daemon mine`]);
      const ask = (words: string) =>
        stage.run([
          "runuser",
          "-u",
          "daemon",
          "--",
          "sh",
          "-c",
          `cd ${stage.folder}; echo x | sudo ${oisp} redact ${words}`,
        ]);
      strictEqual((await ask("-o of-root")).code, 73);
      strictEqual((await ask("-o /dev/null")).code, 0);
      strictEqual((await ask("-o /dev/stdout")).stdout, "x\n");
      const { stdout, stderr } = await ask("-o mine & cat mine; wait");
      strictEqual(stdout, "x\n", stderr);
    }),
);

testOrSkip(
  "under sudo a report is the caller's, and a run that is killed leaves what was known",
  sudoReason,
  () =>
    withStage(async (stage) => {
      const oisp = await allowSudo(stage);
      const report = `${stage.folder}/report.json`;
      const line = `cd ${stage.folder}; exec sudo ${oisp} run --report json=report.json -- ` +
        `sh -c 'ps -o ppid= -o pid= -p $$ > new; mv new ids; exec sleep 60 >/dev/null 2>&1'`;
      const done = stage.run(["runuser", "-u", "daemon", "--", "sh", "-c", line]);
      await waitForFile(`${stage.folder}/ids`);
      const [parent = 0, child = 0] = (await Deno.readTextFile(`${stage.folder}/ids`)).trim().split(/\s+/).map(Number);
      Deno.kill(parent, "SIGKILL");
      await done;
      Deno.kill(child, "SIGKILL");
      strictEqual((await Deno.stat(report)).uid, 1);
      strictEqual(JSON.parse(await Deno.readTextFile(report)).complete, false);
    }),
);

testOrSkip(
  "the summary goes to stderr and names calls, tokens and the file",
  reason ?? CLIENTS[0]?.reason,
  () =>
    withStage(async (stage) => {
      const command = CLIENTS[0]?.command([chatJob("call-sum")]) ?? [];
      const outcome = await stage.run([...oispCommand(), "run", "-o", "calls.jsonl", "--", ...command]);
      strictEqual(outcome.code, 0, outcome.stderr);
      match(outcome.stderr, /1 call/);
      match(outcome.stderr, /calls\.jsonl/);
      strictEqual(outcome.stderr.trim().split("\n").length <= 8, true, outcome.stderr);
    }),
);
