import type { Completeness } from "../model/http_exchange.ts";
import type { ModelRequest } from "../model/model_call.ts";
import type { BodyEndSink } from "./body/body_decoder_types.ts";
import type { BodyMessage } from "./body/body_format.ts";
import type { Dialect, RequestHead } from "./dialect/dialect.ts";
import { asRecord, type JsonRecord, parseJson } from "./dialect/json_access.ts";

/** Most messages of a request body that are kept (multipart parts, lines of a batch). */
const MAX_MESSAGES = 1_024;

/** The body of one request while it arrives, and what became of it. */
export class RequestBody implements BodyEndSink {
  readonly messages: BodyMessage[] = [];
  /** Reason codes of what is wrong or missing. */
  readonly problems: string[] = [];
  completeness: Completeness = "in_flight";
  isEnded = false;
  /** UTF-16 units of the messages held. */
  heldChars = 0;
  #json: unknown;
  #decodedBy: Dialect | undefined;
  #decoded: ModelRequest | undefined;
  readonly #onEnd: () => void;

  /** `onEnd` is called once, when the body has ended. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  message(message: BodyMessage): void {
    if (this.messages.length >= MAX_MESSAGES) return;
    this.messages.push(message);
    this.heldChars += message.text.length + (message.bytes?.length ?? 0);
  }

  problem(reason: string): void {
    if (!this.problems.includes(reason)) this.problems.push(reason);
  }

  bodyEnd(completeness: Completeness): void {
    this.completeness = completeness;
    this.isEnded = true;
    const only = this.messages.length === 1 ? this.messages[0] : undefined;
    if (only !== undefined && only.name === undefined) this.#json = parseJson(only.text);
    this.#onEnd();
  }

  /** Body as a JSON object; undefined when it is none. */
  get record(): JsonRecord | undefined {
    return asRecord(this.#json);
  }

  /** Nothing is missing. */
  get isComplete(): boolean {
    return this.completeness === "complete" && this.problems.length === 0;
  }

  /** Decodes the body, once for each dialect; undefined when it is not the format. The texts are let go by `release`. */
  decode(dialect: Dialect, head: RequestHead, quirks: readonly string[]): ModelRequest | undefined {
    if (this.#decodedBy !== dialect) {
      this.#decodedBy = dialect;
      const { messages, isComplete } = this;
      this.#decoded = dialect.decodeRequest({ ...head, json: this.#json, messages, isComplete, quirks });
      if (this.#decoded !== undefined && messages[0]?.isPart === true) toPart(this.#decoded);
    }
    return this.#decoded;
  }

  /** Forgets the body. */
  release(): void {
    this.messages.length = 0;
    this.#json = undefined;
    this.#decoded = undefined;
    this.heldChars = 0;
  }
}

/**
 * What a cut body leaves unknown: how many there are of anything, and which message is the newest. Results of tools that only their
 * place tells apart are therefore none.
 */
function toPart(request: ModelRequest): void {
  request.isPart = true;
  delete request.messageCount;
  delete request.inputCount;
  for (const message of request.messages) {
    const named = message.toolResults?.filter(({ callId }) => callId !== undefined);
    if (named === undefined) continue;
    if (named.length > 0) message.toolResults = named;
    else delete message.toolResults;
  }
}
