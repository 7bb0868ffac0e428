import type { Choice, Message } from "../../model/model_call.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Most fragments of one answer. */
const MAX_FRAGMENTS = 1_024;
const CONTENT = "RESPONSE";
const THOUGHT = "THINK";
const FRAGMENT_TEXT = /^response\/fragments\/(-?\d+)\/content$/;
/** Where older answers have their texts. */
const FLAT_TEXTS: Readonly<Record<string, string>> = {
  "response/content": CONTENT,
  "response/thinking_content": THOUGHT,
};
/** States of an answer that is not over. */
const OPEN_STATES: ReadonlySet<string> = new Set(["WIP", "PENDING"]);

interface Fragment {
  readonly type: string;
  text: string;
}

/** The answer of the DeepSeek page while patches change it. Paths that mean nothing here are passed over. */
export class DeepseekAnswer {
  #fragments: Fragment[] = [];
  #state: string | undefined;

  /** Text of the answer so far. */
  get content(): string {
    return this.#join(CONTENT);
  }

  /** Its length, in UTF-16 units. */
  get contentLength(): number {
    return this.#length(CONTENT);
  }

  /** Length of the readable thoughts. */
  get thoughtLength(): number {
    return this.#length(THOUGHT);
  }

  /** The page was told that nothing more comes. */
  get isFinished(): boolean {
    return this.#state !== undefined && !OPEN_STATES.has(this.#state);
  }

  /** The answer as it is at its beginning. */
  start(whole: JsonRecord): void {
    this.#fragments = [];
    this.#addFragments(whole.fragments);
    for (const [type, text] of [[THOUGHT, asText(whole.thinking_content)], [CONTENT, asText(whole.content)]] as const) {
      if (text) this.#fragments.push({ type, text });
    }
    this.#state = asText(whole.status) ?? this.#state;
  }

  /** Applies one patch; without `APPEND` the value takes the place of the one before. */
  apply(path: string, operation: string | undefined, value: unknown): void {
    const text = asText(value);
    if (path === "response/status") this.#state = text ?? this.#state;
    else if (path === "response/fragments") {
      if (operation !== "APPEND") this.#fragments = [];
      this.#addFragments(value);
    } else if (text !== undefined) this.#setText(path, operation, text);
  }

  /** The answer as a choice; undefined when there is none. */
  toChoice(): Choice | undefined {
    const [content, reasoning] = [this.content, this.#join(THOUGHT)];
    if (content === "" && reasoning === "") return undefined;
    const state = this.isFinished ? this.#state : undefined;
    return compact<Choice>({
      index: 0,
      message: compact<Message>({
        role: "assistant",
        content: content === "" ? undefined : content,
        reasoning: reasoning === "" ? undefined : reasoning,
      }),
      finishReason: state === undefined ? undefined : state === "FINISHED" ? "stop" : toFinishReason(state),
      rawFinishReason: state,
    });
  }

  #setText(path: string, operation: string | undefined, text: string): void {
    const flat = FLAT_TEXTS[path];
    const at = Number(FRAGMENT_TEXT.exec(path)?.[1] ?? NaN);
    const fragment = flat === undefined ? this.#fragments.at(at) : this.#flatFragment(flat);
    if (fragment === undefined || (flat === undefined && Number.isNaN(at))) return;
    fragment.text = operation === "APPEND" ? fragment.text + text : text;
  }

  #flatFragment(type: string): Fragment {
    const known = this.#fragments.find((fragment) => fragment.type === type);
    if (known !== undefined) return known;
    const made = { type, text: "" };
    this.#fragments.push(made);
    return made;
  }

  #addFragments(value: unknown): void {
    for (const { type, content } of asRecords(value)) {
      if (this.#fragments.length >= MAX_FRAGMENTS) return;
      this.#fragments.push({ type: asText(type) ?? "", text: asText(content) ?? "" });
    }
  }

  #join(type: string): string {
    return this.#fragments.filter((fragment) => fragment.type === type).map(({ text }) => text).join("");
  }

  #length(type: string): number {
    return this.#fragments.reduce((sum, fragment) => sum + (fragment.type === type ? fragment.text.length : 0), 0);
  }
}
