/**
 * Amazon SageMaker endpoints: the format of whatever server is behind one. Chat completions, completions and Text Generation
 * Inference are told by the body and read as such; a streamed answer is their stream, cut into parts anywhere.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { Utf8Text } from "../body/utf8_text.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { hfTgi } from "./hf_tgi.ts";
import { asRecord, type JsonRecord, parseRecord } from "./json_access.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiCompletions } from "./openai_completions.ts";
import { decodeBareError } from "./openai_error.ts";

const PATH = /\/endpoints\/[^/]+\/invocations(-response-stream)?$/;
/** Longest line of the inner stream that is kept; a longer one is dropped. */
const MAX_LINE_CHARS = 1024 * 1024;

/** Amazon SageMaker endpoints. */
export const sagemaker: Dialect = {
  id: "sagemaker",
  summary: "Amazon SageMaker endpoints, in the format of the server behind them",
  stability: "experimental",
  docsUrl: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.9 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "other",
  decodeRequest,
  createReader: (context) => new SagemakerReader(context),
};

/** The format behind the endpoint, as far as a body tells it. */
function findInner(json: JsonRecord | undefined): Dialect | undefined {
  if (Array.isArray(json?.["messages"])) return openaiChat;
  if (json?.["inputs"] !== undefined) return hfTgi;
  return json?.["prompt"] === undefined ? undefined : openaiCompletions;
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  // The path ends like no path of the inner format: what it would say is left open.
  const request = findInner(asRecord(view.json))?.decodeRequest({ ...view, path: "/" });
  if (request === undefined) return undefined;
  return PATH.exec(view.path)?.[1] === undefined ? request : { ...request, isStreaming: true };
}

/** The answer's first message tells which format it is, where the request did not. */
class SagemakerReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #utf8 = new Utf8Text();
  #inner: ResponseReader | undefined;
  #rest = "";
  #isFramed = false;
  #exception: ModelResponse["error"];

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get hasEnded(): boolean | undefined {
    return this.#inner?.hasEnded;
  }

  get isStream(): boolean | undefined {
    return this.#isFramed ? undefined : this.#inner?.isStream;
  }

  message(message: BodyMessage): Verdict {
    if (message.headers?.get(":message-type") === "exception") {
      const told = parseRecord(message.text);
      const type = message.headers.get(":exception-type");
      const text = told?.["Message"] ?? told?.["message"];
      this.#exception = { ...(type !== undefined && { type }), ...(typeof text === "string" && { message: text }) };
      return "meta";
    }
    if (message.bytes === undefined) {
      if (this.#context.response.status >= 400) this.#exception = this.#readFailure(message.text);
      return this.#give(message.text);
    }
    this.#isFramed = true;
    return this.#lines(message.bytes);
  }

  finish(isComplete: boolean): ModelResponse {
    if (isComplete && this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
    const answer = this.#inner?.finish(isComplete) ?? { choices: [] };
    return this.#exception === undefined ? answer : { ...answer, error: answer.error ?? this.#exception };
  }

  /** The platform tells of its own failures and of the model's; the head names their kind. */
  #readFailure(text: string): ModelResponse["error"] {
    const error = decodeBareError(parseRecord(text));
    const type = this.#context.response.headers.get("x-amzn-errortype")?.split(":")[0];
    return error === undefined || type === undefined ? error : { type, ...error };
  }

  /** Takes the lines that a part ends; their pieces are one. */
  #lines(bytes: Uint8Array): Verdict {
    const lines = (this.#rest + this.#utf8.push(bytes)).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE_CHARS) this.#rest = "";
    let result: Verdict = "meta";
    for (const line of lines) {
      const found = this.#line(line);
      if (found !== "meta") result = join(result, found);
    }
    return result;
  }

  /** Lines of server-sent events, or one document a line. */
  #line(line: string): Verdict {
    const text = (line.startsWith("data:") ? line.slice(5) : line).trim();
    return text.startsWith("{") || text.startsWith("[") ? this.#give(text) : "meta";
  }

  #give(text: string): Verdict {
    const inner = this.#inner ??= this.#findInner(text)?.createReader(this.#context);
    return inner?.message({ text }) ?? "meta";
  }

  #findInner(text: string): Dialect | undefined {
    const json = parseRecord(text);
    if (json?.["choices"] !== undefined || json?.["object"] !== undefined) return openaiChat;
    return json === undefined || json["token"] !== undefined || json["generated_text"] !== undefined
      ? hfTgi
      : undefined;
  }
}

type Verdict = "token" | "meta" | "end" | StreamDelta;

function join(known: Verdict, next: Verdict): Verdict {
  if (typeof known === "string" || typeof next === "string") {
    return next === "end" || typeof known === "string" ? next : known;
  }
  const add = (a: string | undefined, b: string | undefined) => a === undefined ? b : a + (b ?? "");
  const content = add(known.content, next.content);
  const reasoning = add(known.reasoning, next.reasoning);
  return {
    ...known,
    ...next,
    ...(content !== undefined && { content }),
    ...(reasoning !== undefined && { reasoning }),
  };
}
