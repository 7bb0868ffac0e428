import type { Command } from "../command.ts";

/** `oisp completions`. */
export const COMPLETIONS: Command = {
  id: "completions",
  summary: "print the completion script of a shell",
  stability: "stable",
  group: "help",
  args: [{ value: { name: "SHELL", kind: "choice", choices: ["bash", "zsh", "fish"] }, summary: "bash, zsh or fish" }],
  flags: [],
  details: ["Prints to stdout and changes nothing; the script needs nothing but the shell."],
  examples: [
    { line: "oisp completions bash > /etc/bash_completion.d/oisp", says: "for everybody" },
    { line: "oisp completions fish > ~/.config/fish/completions/oisp.fish", says: "for yourself" },
  ],
  load: () => import("../actions/completions.ts"),
};
