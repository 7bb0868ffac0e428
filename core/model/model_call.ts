import type { Usage } from "./usage.ts";

/** Closed list of what a call asks for (design section 8). */
export type RequestType =
  | "chat"
  | "completion"
  | "embedding"
  | "image"
  | "audio"
  | "moderation"
  | "rerank"
  | "realtime"
  | "batch"
  | "count_tokens"
  | "models"
  | "other";

/** A vendor: one row of the checked provider table. Absent on a `ModelCall` when the host is not known. */
export interface ProviderRef {
  readonly id: string;
  readonly name: string;
}

/** A tool call in a message or an answer. */
export interface ToolCall {
  /** The vendor's call id; absent where the format has none. */
  id?: string;
  name: string;
  /** `function`, `custom`, `mcp`, `server`, ... as the format says. */
  type: string;
  /** Parsed arguments: a JSON value, or text for free-form tools. Absent when they never arrived whole. */
  arguments?: unknown;
  /** Set when arguments were cut or do not parse. */
  argumentsIncomplete?: boolean;
  /** Bytes of argument text seen, where `arguments` is absent. */
  argumentsLength?: number;
  /** MCP server, where the format names it. */
  server?: string;
  /** Run by the vendor: its result is in the same answer. */
  isServerSide?: boolean;
}

/** A tool's result in a request (or, for server-side tools, in an answer). */
export interface ToolResult {
  callId?: string;
  /** Tool name where the message has it. */
  name?: string;
  /** Result as text; structured results are their JSON. */
  content?: string;
  isError?: boolean;
  isServerSide?: boolean;
}

/** One entry of a conversation, provider-neutral. */
export interface Message {
  /** `system`, `developer`, `user`, `assistant`, `tool`, or the format's own word. */
  role: string;
  /** All text parts joined by "\n"; absent when the message has none. */
  content?: string;
  /** Reasoning text that is readable. */
  reasoning?: string;
  name?: string;
  toolCalls?: ToolCall[];
  /** Several where one message carries several results (Anthropic). */
  toolResults?: ToolResult[];
  /** Counts of parts that are not text; binary is never kept. */
  imageCount?: number;
  audioCount?: number;
  fileCount?: number;
}

/** A tool offered to the model. */
export interface ToolDefinition {
  /** Absent for server-side tools that have only a type. */
  name?: string;
  type: string;
  description?: string;
  server?: string;
  /** MCP: all that a model is told of the tool, as one JSON text whose members are in order. */
  definition?: string;
  /** MCP: what the server says the tool does; nobody has checked it. */
  hints?: {
    readonly isReadOnly?: boolean;
    readonly isDestructive?: boolean;
    readonly isIdempotent?: boolean;
    readonly isOpenWorld?: boolean;
  };
}

/** Provider's word on how the request was authenticated. Values never leave the wire stage. */
export interface AuthFacts {
  /** `bearer`, `api_key`, `basic`, `aws_sigv4`, `query_key`, `cookie`, `none`. */
  type: string;
  /** The vendor's public key prefix, such as `sk-proj-`; at most 8 characters, never secret ones. */
  keyPrefix?: string;
}

/** What a request asks. */
export interface ModelRequest {
  requestType: RequestType;
  model?: string;
  isStreaming: boolean;
  /** The request asks that each piece of a streamed answer brings only what is new; absent where the format always does. */
  wantsIncrements?: boolean;
  messages: Message[];
  /** System text of formats that carry it outside the messages, parts joined by "\n". */
  systemPrompt?: string;
  /** Entries of the format's conversation array, system text not counted; absent where there is none. */
  messageCount?: number;
  /** The request continues state the server holds (`previous_response_id`): `messages` is a delta. */
  isDelta?: boolean;
  /** Only a part of the body is there: what is stated is true, what is absent is unknown. */
  isPart?: true;
  tools: ToolDefinition[];
  toolChoice?: string;
  /** Normalised names: temperature, top_p, top_k, max_tokens, frequency_penalty, presence_penalty, stop, seed, n, reasoning_effort, response_format. */
  parameters: Record<string, unknown>;
  /** Number of inputs of embedding, rerank and moderation requests. */
  inputCount?: number;
  /** Session and conversation keys found in the body, by name (section 6.3 of the wire research). */
  sessionKeys?: Record<string, string>;
  /** What the client says of itself in the body (Responses `client_metadata`), texts only. */
  clientMetadata?: Readonly<Record<string, string>>;
  /** Id of the answer this request continues. */
  previousResponseId?: string;
}

/** Why the model stopped, normalised; the format's own word stays beside it. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "error" | "other";

/** One answer alternative. */
export interface Choice {
  index: number;
  message: Message;
  /** Absent when the answer was cut before it was known. */
  finishReason?: FinishReason;
  /** The vendor's own word. */
  rawFinishReason?: string;
}

/** Provider's error. */
export interface ModelError {
  type?: string;
  code?: string;
  message?: string;
  /** How long the vendor asks to wait, where the error itself says so. */
  retryAfterMs?: number;
}

/** Work a vendor took on and has not finished: what comes of it is read later, from one of these addresses. */
export interface PendingWork {
  /** Where the outcome can be read: `host/path`, or `host/path?name=value` where the path alone names no single piece of work. */
  readonly addresses: readonly string[];
}

/** What came back. */
export interface ModelResponse {
  /** The provider's id of the answer. */
  requestId?: string;
  /** Model the answer names; often more exact than the request's. */
  model?: string;
  choices: Choice[];
  usage?: Usage;
  error?: ModelError;
  /** Results of server-side tools, in order. */
  toolResults?: ToolResult[];
  /** Tools that an MCP server lists. */
  toolDefinitions?: ToolDefinition[];
  /** Embedding vectors: how many and how long. */
  embedding?: { count?: number; dimensions?: number };
  /** Service tier the vendor names, used by the price table. */
  serviceTier?: string;
  /** Images, audio files or videos made. */
  outputCount?: number;
  /** The vendor took the call on; what comes of it is told elsewhere (a run that is polled). */
  isAccepted?: true;
  /** The vendor took the call on; the answer that brings its outcome is known by its address, and belongs to this call. */
  pending?: PendingWork;
}

/** The provider-neutral call: request, answer, and who served it. */
export interface ModelCall {
  /** Id of the dialect that decoded it. */
  dialect: string;
  provider?: ProviderRef;
  /** How the provider was recognised. */
  providerBy?: "host" | "path" | "header" | "body";
  /** `https://host/path` without query and credentials. */
  endpoint?: string;
  auth?: AuthFacts;
  request?: ModelRequest;
  response?: ModelResponse;
}
