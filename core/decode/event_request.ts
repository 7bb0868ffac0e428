import type { ModelCall, ModelRequest, RequestType } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { toEventMessage } from "./event_message.ts";
import { toRequestModel } from "./event_call.ts";

type Data = EventOf<"ai.request">["data"];

/** The last kind shown with a prefix; prefixes come from the list of vendors. */
const auths = new Map<string, NonNullable<Data["auth"]>>();

/** Facts shared by all events of a call. */
export interface CallFacts {
  readonly call: ModelCall;
  readonly requestType: RequestType;
  readonly provider: Data["provider"];
  readonly tlsInfo: Data["tls_info"];
}

/** `data` of an `ai.request`; without a decoded body it holds only what the head tells. */
export function toRequestData(facts: CallFacts): Data {
  const { call } = facts;
  const data: Data = {};
  if (facts.provider !== undefined) data.provider = facts.provider;
  const model = toRequestModel(call.request?.model);
  if (model !== undefined) data.model = model;
  data.request_type = facts.requestType;
  if (call.request !== undefined) addBody(data, call.request);
  if (call.auth !== undefined) data.auth = toAuth(call.auth);
  if (facts.tlsInfo !== undefined) data.tls_info = facts.tlsInfo;
  return data;
}

/** How the request was authenticated, as published. Kinds and documented prefixes are few: shared and frozen. */
export function toAuth({ type, keyPrefix }: NonNullable<ModelCall["auth"]>): NonNullable<Data["auth"]> {
  const known = auths.get(keyPrefix ?? "");
  if (known?.type === type) return known;
  const auth = Object.freeze(keyPrefix === undefined ? { type } : { type, key_prefix: keyPrefix });
  auths.set(keyPrefix ?? "", auth);
  return auth;
}

function addBody(data: Data, request: ModelRequest): void {
  if (request.isStreaming || request.isPart !== true) data.streaming = request.isStreaming;
  if (request.messageCount !== undefined) data.message_count = request.messageCount;
  if (request.messages.length > 0) data.messages = request.messages.map(toEventMessage);
  if (request.messageCount !== undefined || request.systemPrompt !== undefined) {
    data.has_system_prompt = request.systemPrompt !== undefined;
  }
  if (request.systemPrompt !== undefined) data.system_prompt = request.systemPrompt;
  if (request.tools.length > 0) data.tools = request.tools.map(toTool);
  if (request.toolChoice !== undefined) data.tool_choice = request.toolChoice;
  if (hasKeys(request.parameters)) data.parameters = request.parameters;
  if (request.inputCount !== undefined) data.input_count = request.inputCount;
  if (request.isDelta) data.is_delta = true;
  if (request.previousResponseId !== undefined) data.previous_response_id = request.previousResponseId;
}

function toTool(tool: ModelRequest["tools"][number]): NonNullable<Data["tools"]>[number] {
  return {
    ...(tool.name !== undefined && { name: tool.name }),
    type: tool.type,
    ...(tool.server !== undefined && { server: tool.server }),
  };
}

function hasKeys(record: Record<string, unknown>): boolean {
  for (const _ in record) return true;
  return false;
}
