/** What a client program of `clients/` is asked to send, and what it says came back. */
import { ROOT } from "../../scripts/paths.ts";
import { isOnPath } from "../../scripts/run.ts";
import type { Wishes } from "../standin/answer.ts";

/** One request. */
export interface Job {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** base64; a GET when absent. */
  readonly body?: string;
}

/** What a client says came back. */
export interface JobResult {
  readonly status: number;
  /** base64. */
  readonly body: string;
}

/** Keys that must never be found in any output. */
export const PLANTED_KEYS: readonly string[] = [
  "sk-proj-" + "plantedplantedplantedplantedplanted12345678",
  "sk-ant-api03-" + "plantedplantedplantedplantedplanted12345678",
];

/** How a request is varied. */
export interface JobOptions {
  readonly stream?: boolean;
  readonly tools?: boolean;
  readonly wishes?: Wishes;
  /** Added to the last message. */
  readonly text?: string;
}

/** A chat completion called `name`, with a planted key in its head. */
export function chatJob(name: string, options: JobOptions = {}): Job {
  return toJob("https://api.openai.com/v1/chat/completions", { authorization: `Bearer ${PLANTED_KEYS[0]}` }, {
    model: "gpt-4o-mini",
    messages: [
      { role: "system", content: "You are terse. Grüße, 世界." },
      { role: "user", content: `Say ${name}. ${options.text ?? ""}` },
    ],
    ...(options.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...(options.tools
      ? {
        tools: [{
          type: "function",
          function: { name: "get_weather", parameters: { type: "object", properties: {} } },
        }],
      }
      : {}),
  }, options);
}

/** An Anthropic message called `name`, with a planted key in its head. */
export function messagesJob(name: string, options: JobOptions = {}): Job {
  const headers = { "x-api-key": PLANTED_KEYS[1] ?? "", "anthropic-version": "2023-06-01" };
  return toJob("https://api.anthropic.com/v1/messages", headers, {
    model: "claude-sonnet-4-20250514",
    max_tokens: 64,
    system: "You are terse. Grüße, 世界.",
    messages: [{ role: "user", content: `Say ${name}. ${options.text ?? ""}` }],
    ...(options.stream ? { stream: true } : {}),
    ...(options.tools ? { tools: [{ name: "get_weather", input_schema: { type: "object", properties: {} } }] } : {}),
  }, options);
}

/** A health check on a provider's host. */
export function healthJob(): Job {
  return { url: "https://api.openai.com/health", headers: {} };
}

function toJob(url: string, headers: Record<string, string>, body: unknown, options: JobOptions): Job {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const coding = options.wishes?.coding;
  return {
    url,
    headers: {
      "content-type": "application/json",
      ...headers,
      ...(coding ? { "accept-encoding": coding } : {}),
      ...(options.wishes ? { "x-standin": JSON.stringify(options.wishes) } : {}),
    },
    body: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
  };
}

/** A program that sends jobs. */
export interface ClientProgram {
  readonly name: string;
  /** Command line for jobs; `lanes` connections where the program can. */
  command(jobs: readonly Job[], lanes?: number): string[];
  /** Says why it cannot run here. */
  readonly reason: string | undefined;
}

const FOLDER = `${ROOT}/tests/e2e/clients`;

function script(name: string, runtime: string, file: string, needs?: string): ClientProgram {
  return {
    name,
    reason: isOnPath(runtime) ? needs : `${runtime} is missing`,
    command: (jobs, lanes = 1) => [runtime, `${FOLDER}/${file}`, JSON.stringify(jobs), String(lanes)],
  };
}

function findPythonReason(module: string): string | undefined {
  if (!isOnPath("python3")) return undefined;
  const tried = new Deno.Command("python3", { args: ["-c", `import ${module}`], stdout: "null", stderr: "null" });
  return tried.outputSync().success ? undefined : `Python has no module ${module}`;
}

/** curl and wget take one job a process; a small shell loop stands for them. */
function perProcess(name: string, render: (job: Job) => string): ClientProgram {
  return {
    name,
    reason: isOnPath(name) ? undefined : `${name} is missing`,
    command: (jobs) => ["/bin/sh", "-c", jobs.map(render).join("\n")],
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** curl as people start it: it takes HTTP/2 when the server offers it. */
const CURL_HTTP2: ClientProgram = {
  ...perProcess("curl", (job) => renderCurl(job, "--http2")),
  name: "curl with HTTP/2",
  reason: findHttp2Reason(),
};

function findHttp2Reason(): string | undefined {
  if (!isOnPath("curl")) return "curl is missing";
  const { stdout } = new Deno.Command("curl", { args: ["--version"], stderr: "null" }).outputSync();
  return /\bHTTP2\b/.test(new TextDecoder().decode(stdout)) ? undefined : "this curl has no HTTP/2";
}

/** One result line per job on stdout, as the other clients' array but one at a time. */
function renderCurl({ url, headers, body }: Job, version = "--http1.1"): string {
  const flags = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`).join(" ");
  const data = body === undefined ? "" : "--data-binary @-";
  const input = body === undefined ? "" : `printf %s ${body} | base64 -d | `;
  return `${input}curl -sS ${version} ${flags} ${data} -o /dev/null -w '{"status":%{http_code}}\\n' ${quote(url)}`;
}

function renderWget({ url, headers, body }: Job): string {
  const flags = Object.entries(headers).map(([name, value]) => `--header=${quote(`${name}: ${value}`)}`).join(" ");
  const save = body === undefined ? "" : `printf %s ${body} | base64 -d > wget-body; `;
  const data = body === undefined ? "" : "--post-file=wget-body";
  return `${save}wget -q --ca-certificate="$SSL_CERT_FILE" ${flags} ${data} -O /dev/null ${
    quote(url)
  } && echo '{"status":200}'`;
}

/** Every client that may be installed. */
export const CLIENTS: readonly ClientProgram[] = [
  perProcess("curl", (job) => renderCurl(job)),
  CURL_HTTP2,
  perProcess("wget", renderWget),
  script("python urllib", "python3", "urllib_client.py"),
  script("python requests", "python3", "requests_client.py", findPythonReason("requests")),
  script("python asyncio", "python3", "asyncio_client.py"),
  script("node https", "node", "node_https.mjs"),
  script("node fetch", "node", "node_fetch.mjs"),
];
