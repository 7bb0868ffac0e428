/** One recorded exchange of the corpus, as its line says. */
export interface Recording {
  /** Place in the corpus, from 0. */
  readonly number: number;
  readonly source: string;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
}

const CORPUS = new URL("../../../shared/corpus/exchanges.jsonl.gz", import.meta.url);

/** Reads the corpus beside this project; undefined when it is not there. */
export async function readCorpus(): Promise<readonly Recording[] | undefined> {
  const packed = await Deno.readFile(CORPUS).catch(() => undefined);
  if (packed === undefined) return undefined;
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const lines = (await new Response(plain).text()).split("\n").filter((line) => line !== "");
  return lines.map(toRecording);
}

/** Host of the recording; "" where it was masked. */
export function hostOf(recording: Recording): string {
  return /^https?:\/\/([^/?#]+)/.exec(recording.url)?.[1] ?? "";
}

/** Path of the recording without query. */
export function pathOf(recording: Recording): string {
  return recording.url.replace(/^https?:\/\/[^/]+/, "").replace(/[?#].*$/, "");
}

function toRecording(line: string, number: number): Recording {
  const json = JSON.parse(line) as Record<string, unknown>;
  return {
    number,
    source: String(json.source),
    method: String(json.method),
    url: String(json.url),
    requestHeaders: toHeaders(json.request_headers),
    requestBody: toText(json.request_body),
    status: Number(json.status),
    responseHeaders: toHeaders(json.response_headers),
    responseBody: toText(json.response_body),
  };
}

function toHeaders(value: unknown): Record<string, string> {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, text]) => [name.toLowerCase(), String(text)]));
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value);
}
