/** The agents of `agents/`, and the task that each of them gets. */
import { ROOT } from "../../scripts/paths.ts";
import { isOnPath } from "../../scripts/run.ts";

/** An agent program. */
export interface AgentProgram {
  readonly name: string;
  /** Command line before the task. */
  readonly command: readonly string[];
  /** Name of the file that runs. */
  readonly exeName: string;
  /** Says why it cannot run here. */
  readonly reason: string | undefined;
}

const FOLDER = `${ROOT}/tests/e2e/agents`;

/** Where `python3` is a script that looks for an interpreter, the interpreter itself: only one program shall run. */
function findPython(): string | undefined {
  if (!isOnPath("python3")) return undefined;
  const args = ["-c", "import os, sys; print(os.path.realpath(sys.executable))"];
  const { stdout, success } = new Deno.Command("python3", { args, stderr: "null" }).outputSync();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}

function agentOf(name: string, program: string | undefined, file: string): AgentProgram {
  return {
    name,
    command: [program ?? name, `${FOLDER}/${file}`],
    exeName: program?.split("/").at(-1) ?? name,
    reason: program === undefined ? `${name} is missing` : undefined,
  };
}

/** Every agent that may run. */
export const AGENTS: readonly AgentProgram[] = [
  agentOf("python", findPython(), "agent.py"),
  agentOf("node", isOnPath("node") ? "node" : undefined, "agent.mjs"),
];

const todos = (status: readonly string[]) => ({
  todos: status.map((each, index) => ({ content: ["look around", "ask a helper"][index], status: each })),
});

/** Longer than what the kernel hands over of a command line, and over before anybody could ask the process for the rest. */
export const LONG_COMMAND = `cat > long.txt <<'END'\n${"Line by line, as an agent writes a file. ".repeat(80)}\nEND`;

/** The task: a plan, a command, a long one, a helper with a command of its own, the plan done, a command that fails. */
export function taskOf(agent: AgentProgram): string {
  const helper = `${agent.command.join(" ")} 'Do call-sub.\nSTEP bash {"command":"uname -s"}'`;
  return [
    "Do call-main.",
    `STEP todowrite ${JSON.stringify(todos(["in_progress", "pending"]))}`,
    `STEP bash ${JSON.stringify({ command: "echo 'hi there' > out.txt; ls -l out.txt | cat" })}`,
    `STEP bash ${JSON.stringify({ command: LONG_COMMAND })}`,
    `STEP bash ${JSON.stringify({ command: helper })}`,
    `STEP todowrite ${JSON.stringify(todos(["completed", "completed"]))}`,
    `STEP bash ${JSON.stringify({ command: "exit 3" })}`,
  ].join("\n");
}
