/**
 * Agents of one process that talk to a model in one format, in every way clients do: several calls at once, the whole history with
 * each request, system prompts with the time of day, histories replaced by a summary, forks, requests sent again after a failure or
 * an answer that was not used, requests of several agents under way at once, calls nobody answers, conversations that began before
 * capture; and the programs and files of their calls. Seeded: the same seed gives the same facts.
 */
import type { ProcessFacts } from "../../core/model/process.ts";
import type { RawCapture, RawProcess } from "../../core/model/raw_capture.ts";
import type { AgentFormat, WireCall, WireEntry } from "./agent_format.ts";
import { FactMaker } from "./facts.ts";
import type { Random } from "./random.ts";

/** What the facts say, for comparison with events. */
export interface ScenarioTruth {
  /** Calls that were made, by their number, in order. */
  readonly calls: ReadonlyMap<number, { readonly name: string; readonly answeredNs: number }>;
  /** Results that were sent, by the number of their call, in order of their first sending. */
  readonly results: ReadonlyMap<number, { readonly text: string; readonly sentNs: number }>;
  /** Calls that were made before capture, and their names. */
  readonly unlinked: ReadonlyMap<number, string>;
  /** Requests that were sent again after a failure. */
  readonly retries: number;
  /** Program runs, and the call each was started for. */
  readonly programs: ReadonlyMap<number, number>;
  /** Program runs that were started before the answer with their call had ended. */
  readonly early: ReadonlySet<number>;
  /** Paths, and the call each was written for. */
  readonly files: ReadonlyMap<string, number>;
}

/** Facts of a scenario, and what they say. */
export interface Scenario {
  readonly facts: readonly RawCapture[];
  readonly truth: ScenarioTruth;
}

const encoder = new TextEncoder();
const AGENT_KEY = 7;
const AGENT_PID = 100;

/** Makes the facts of `agents` agents that send `steps` requests in all. */
export function createScenario(
  format: AgentFormat,
  random: Random,
  { agents, steps }: { agents: number; steps: number },
): Scenario {
  const world = new World(format, random);
  for (let index = 1; index <= agents; index++) world.agents.push(new Agent(world, index));
  for (let step = 0; step < steps; step++) random.pick(world.agents).step();
  return { facts: world.facts, truth: world };
}

class World implements ScenarioTruth {
  readonly facts: RawCapture[] = [];
  readonly calls = new Map<number, { name: string; answeredNs: number }>();
  readonly results = new Map<number, { text: string; sentNs: number }>();
  readonly unlinked = new Map<number, string>();
  readonly programs = new Map<number, number>();
  readonly early = new Set<number>();
  readonly files = new Map<string, number>();
  readonly maker = new FactMaker();
  readonly agents: Agent[] = [];
  retries = 0;
  #count = 0;
  #nextKey = 1_000;

  constructor(readonly format: AgentFormat, readonly random: Random) {
    this.#process({ state: "seen", ...this.maker.header(0, AGENT_KEY), exe: "/opt/agent", args: ["agent"], cwd: "/w" });
  }

  next(): number {
    return ++this.#count;
  }

  createCall(index: number): WireCall {
    const n = this.next();
    const name = this.random.pick(["bash", "write", "look", "ask"]);
    const special = name === "bash" ? { command: `make t${n}` } : name === "write" ? { file_path: `/w/f${n}` } : {};
    const digits = Array.from({ length: 20 }, () => this.random.below(10)).join("");
    const id = this.format.ids === "weak" ? `call_${index}` : `${this.format.prefix ?? ""}${digits}`;
    return { n, id, name, args: { n, ...special } };
  }

  /** One exchange; `meanwhile` happens while its answer arrives. */
  exchange(
    connId: number,
    request: unknown,
    { status, answer, meanwhile }: { status: number; answer: unknown; meanwhile: () => void },
  ): { sentNs: number; answeredNs: number } {
    const { host, path } = this.format;
    const body = JSON.stringify(request);
    const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${encoder.encode(body).length}\r\n\r\n`;
    const ours = { connId, processKey: AGENT_KEY };
    const sent = this.maker.data(">", head + body, ours);
    this.facts.push(sent);
    if (this.random.once(4)) this.agents.find((agent) => !agent.isWaiting)?.step();
    const reply = typeof answer === "string" ? answer : JSON.stringify(answer);
    const type = typeof answer === "string" ? "text/event-stream" : "application/json";
    const length = encoder.encode(reply).length;
    const line = `HTTP/1.1 ${status} x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
    this.facts.push(this.maker.data("<", line, ours));
    meanwhile();
    const received = this.maker.data("<", reply, ours);
    this.facts.push(received);
    return { sentNs: sent.entryNs, answeredNs: received.returnNs };
  }

  /** An agent starts a command as soon as its call is whole, while the rest of the answer still arrives. */
  actEarly(call: WireCall): void {
    const before = this.#nextKey;
    this.#run(call);
    for (let key = before; key < this.#nextKey; key++) if (this.programs.has(key)) this.early.add(key);
  }

  /** What the agent does for a call, seen by the kernel. */
  act(call: WireCall): void {
    if (call.name === "bash" && !this.random.once(4)) this.#run(call);
    if (call.name !== "write" || this.random.once(4)) return;
    const path = `/w/f${call.n}`;
    this.facts.push({ ...this.maker.header(0, AGENT_KEY), kind: "file", operation: "write", path, bytes: 1 });
    this.files.set(path, call.n);
  }

  #run(call: WireCall): void {
    const command = `make t${call.n}`;
    const [shell, child] = [this.#nextKey++, this.#nextKey++];
    const args = this.random.once(2) ? ["bash", "-lc", command] : ["bash", "-c", `eval '${command}' < /dev/null`];
    this.#exec(shell, AGENT_KEY, "/bin/bash", args);
    this.#exec(child, shell, "/usr/bin/gcc", ["gcc", "x.c"]);
    // Somebody else's program at the same time.
    this.#exec(this.#nextKey++, 5, "/usr/bin/make", ["make", "other"]);
    for (const key of [child, shell]) {
      this.programs.set(key, call.n);
      this.#process({ state: "exit", ...this.maker.header(0, key), tgid: key, exitCode: 0 });
    }
  }

  #exec(key: number, parentKey: number, exe: string, args: readonly string[]): void {
    const ppid = parentKey === AGENT_KEY ? AGENT_PID : parentKey;
    this.#process({ state: "exec", ...this.maker.header(0, key), tgid: key, ppid, parentKey, exe, args, cwd: "/w" });
  }

  #process(fact: Omit<RawProcess, "kind"> & Partial<ProcessFacts>): void {
    this.facts.push({ kind: "process", ...fact });
  }
}

class Agent {
  /** Its request has no answer yet. */
  isWaiting = false;
  /** Calls it acted on already. */
  readonly #done = new Set<number>();
  #history: WireEntry[];

  constructor(private readonly world: World, private readonly connId: number) {
    // Agents of one program may be given the same task.
    this.#history = [{ kind: "user", text: world.random.once(2) ? "task" : `task ${world.next()}` }];
    if (world.random.once(2)) this.#beginBeforeCapture();
  }

  /** One request, whatever comes before it. */
  step(): void {
    const { random } = this.world;
    this.#goOn();
    if (random.once(8)) this.#compact();
    if (random.once(8)) this.#fork();
    const system = `You act for agent ${this.connId}.\nCurrent time: ${this.world.next()} ticks\nBe brief.`;
    if (random.once(6)) {
      this.#send(500, system);
      this.world.retries++;
    }
    if (random.once(8)) {
      const before = this.#history;
      this.#send(200, system);
      // The client did not wait for it, and asks again.
      this.#history = before;
    }
    this.#send(200, system);
  }

  #beginBeforeCapture(): void {
    const call = this.world.createCall(0);
    this.#history.push(
      { kind: "answer", id: `old${call.n}`, calls: [call] },
      { kind: "results", results: [{ call, text: `result ${call.n}` }] },
    );
    this.world.unlinked.set(call.n, call.name);
  }

  /** Adds what the client sends next: results of the calls, or a user's text. */
  #goOn(): void {
    const { random } = this.world;
    const last = this.#history.at(-1);
    if (last?.kind !== "answer") return;
    if (last.calls.length === 0) return void this.#history.push({ kind: "user", text: `more ${this.world.next()}` });
    const answered = [...last.calls];
    for (const call of answered) if (!this.#done.has(call.n)) this.world.act(call);
    if (this.world.format.ids !== "none") {
      random.shuffle(answered);
      // The user stopped one of them.
      if (answered.length > 1 && random.once(6)) answered.pop();
    }
    const results = answered.map((call) => ({ call, text: `result ${call.n}` }));
    this.#history.push({ kind: "results", results });
  }

  /** The history is replaced by a summary; the newest turn may stay. */
  #compact(): void {
    const summary: WireEntry = { kind: "user", text: `summary ${this.world.next()}` };
    const [before, last] = this.#history.slice(-2);
    const keepsTurn = this.world.random.once(2) && before?.kind === "answer" && last?.kind === "results";
    this.#history = keepsTurn && before !== undefined && last !== undefined ? [summary, before, last] : [summary];
  }

  /** The conversation goes on from an earlier point: the same request again, or another text in its place. */
  #fork(): void {
    const points = this.#history.flatMap((entry, index) => (entry.kind === "answer" ? [] : [index]));
    const at = this.world.random.pick(points);
    const entry = this.#history[at];
    this.#history = this.#history.slice(0, at + 1);
    if (entry?.kind === "user" && at > 0) this.#history[at] = { kind: "user", text: `instead ${this.world.next()}` };
  }

  #send(status: number, system: string): void {
    const { world } = this;
    const count = status !== 200 || world.random.once(3) ? 0 : 1 + world.random.below(world.format.mostCalls ?? 3);
    const calls = Array.from({ length: count }, (_, index) => world.createCall(index));
    const id = String(world.next());
    const answer = { kind: "answer", id, calls, ...(count === 0 && { text: `said ${id}` }) } as const;
    const { format } = world;
    const stream = status === 200 && world.random.once(2) ? format.stream?.(answer) : undefined;
    const whole = status === 200 ? format.answer(answer) : { error: { type: "server_error", message: "no" } };
    const request = { ...format.request(this.#history, system), ...(stream !== undefined && { stream: true }) };
    const isDelta = world.format.id === "responses_delta";
    const sent = isDelta ? this.#history.slice(this.#history.findLastIndex(isAnswer) + 1) : this.#history;
    this.isWaiting = true;
    const { sentNs, answeredNs } = world.exchange(this.connId, request, {
      status,
      answer: stream === undefined ? whole : toEvents(stream),
      meanwhile: () => {
        for (const call of calls) {
          if (call.name !== "bash" || !world.random.once(5)) continue;
          world.actEarly(call);
          this.#done.add(call.n);
        }
      },
    });
    this.isWaiting = false;
    for (const entry of sent) {
      if (entry.kind !== "results") continue;
      for (const { call, text } of entry.results) {
        const known = world.results.get(call.n);
        if (known === undefined || known.sentNs > sentNs) world.results.set(call.n, { text, sentNs });
      }
    }
    if (status !== 200) return;
    for (const call of calls) world.calls.set(call.n, { name: call.name, answeredNs });
    this.#history = [...this.#history, answer];
  }
}

function toEvents(messages: readonly unknown[]): string {
  return messages.map((each) => {
    const type = typeof each === "object" && each !== null && "type" in each ? `event: ${each.type}\n` : "";
    return `${type}data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`;
  }).join("");
}

const isAnswer = ({ kind }: WireEntry): boolean => kind === "answer";
