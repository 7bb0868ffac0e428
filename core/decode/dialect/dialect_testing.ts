import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, RequestView, StreamDelta } from "./dialect.ts";

/** Facts of a request that a test cares about. */
export interface TestRequest {
  readonly path: string;
  readonly json?: unknown;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes the view a dialect gets of a whole request; for tests of dialects. */
export function toRequestView(request: TestRequest): RequestView {
  return {
    method: request.method ?? "POST",
    path: request.path,
    query: "",
    headers: new Map(Object.entries(request.headers ?? {})),
    json: request.json,
    messages: [],
    isComplete: true,
    quirks: [],
  };
}

/** One message of an answer: its JSON value or text, and the event name where the framing has one. */
export type TestMessage = {
  readonly name?: string;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly headers?: ReadonlyMap<string, string>;
};

/** What a reader said and gave. */
export interface TestAnswer {
  readonly kinds: readonly (string | StreamDelta)[];
  readonly answer: ModelResponse;
}

/** Feeds messages to a dialect's reader and finishes it; for tests of dialects. */
export function readAnswer(
  dialect: Dialect,
  messages: readonly TestMessage[],
  options: {
    readonly request?: ModelRequest;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly isComplete?: boolean;
    readonly path?: string;
    readonly host?: string;
    readonly query?: string;
    readonly method?: string;
    readonly earlier?: ModelResponse;
  } = {},
): TestAnswer {
  const reader = dialect.createReader({
    request: options.request,
    head: {
      ...toRequestView({ path: options.path ?? "/", ...(options.method !== undefined && { method: options.method }) }),
      ...(options.host !== undefined && { host: options.host }),
      ...(options.query !== undefined && { query: options.query }),
    },
    ...(options.earlier !== undefined && { earlier: options.earlier }),
    response: {
      status: options.status ?? 200,
      headers: new Map(Object.entries(options.headers ?? {})),
      contentType: options.headers?.["content-type"] ?? "",
    },
    quirks: [],
    wantsDelta: false,
  });
  const kinds = messages.map(({ name, json, text, bytes, headers }) =>
    reader.message({
      ...(name !== undefined && { name }),
      text: text ?? JSON.stringify(json),
      ...(bytes !== undefined && { bytes }),
      ...(headers !== undefined && { headers }),
    })
  );
  return { kinds, answer: reader.finish(options.isComplete ?? true) };
}
