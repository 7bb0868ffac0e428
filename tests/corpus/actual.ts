import { readBody, readHeaders, toInputExchange } from "../../core/capture/exchange_input.ts";
import { createCallStage } from "../../core/decode/call_stage.ts";
import { createDecoder, DECODER_DEFAULTS } from "../../core/decode/decoder.ts";
import type { EventMessage, OispEvent } from "../../core/model/oisp_event.ts";
import { callLine, type Facts, toFacts } from "./oracle.ts";
import { pick, pickList, pickNumber, pickText } from "./pick.ts";
import type { Recording } from "./recording.ts";

/** Decodes recordings and gives the events of each, by its number. */
export function decodeAll(recordings: readonly Recording[]): ReadonlyMap<number, readonly OispEvent[]> {
  const events = new Map<number, OispEvent[]>();
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "corpus", createCallStage }, {
    draft: ({ event }) => {
      const number = Number(event.attrs?.exchange_id);
      events.set(number, [...(events.get(number) ?? []), event]);
    },
    verdict: () => {},
  });
  for (const recording of recordings) decoder.exchange(toInput(recording));
  decoder.close();
  return events;
}

/** Decodes one recording whose answer is cut after so many bytes, as when the connection closes there. */
export function decodeCut(recording: Recording, answerBytes: number): readonly OispEvent[] {
  const events: OispEvent[] = [];
  const output = { draft: (draft: { event: OispEvent }) => void events.push(draft.event), verdict: () => {} };
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "corpus", createCallStage }, output);
  const input = toInput(recording);
  if (input.exchange.response !== undefined) input.exchange.response.completeness = "aborted";
  decoder.exchange({ ...input, responseBody: input.responseBody.subarray(0, answerBytes) });
  decoder.close();
  return events;
}

/** Decodes one recording whose request is cut after so many bytes and that has no answer. */
export function decodeCutRequest(recording: Recording, requestBytes: number): readonly OispEvent[] {
  const events: OispEvent[] = [];
  const output = { draft: (draft: { event: OispEvent }) => void events.push(draft.event), verdict: () => {} };
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "corpus", createCallStage }, output);
  const input = toInput(recording);
  input.exchange.request.completeness = "aborted";
  delete input.exchange.response;
  decoder.exchange({ ...input, requestBody: input.requestBody.subarray(0, requestBytes) });
  decoder.close();
  return events;
}

/** Bytes of a recording's request. */
export function countRequestBytes(recording: Recording): number {
  return toInput(recording).requestBody.length;
}

/** Bytes of a recording's answer. */
export function countAnswerBytes(recording: Recording): number {
  return toInput(recording).responseBody.length;
}

function toInput(recording: Recording) {
  const requestHeaders = readHeaders(recording.requestHeaders);
  const responseHeaders = readHeaders(recording.responseHeaders);
  return toInputExchange({
    number: recording.number + 1,
    id: String(recording.number),
    method: recording.method,
    url: recording.url,
    requestHeaders,
    requestBody: readBody(recording.requestBody, requestHeaders.get("content-type") ?? ""),
    status: recording.status,
    responseHeaders,
    responseBody: readBody(recording.responseBody, responseHeaders.get("content-type") ?? ""),
    startNs: recording.number * 1e9,
    endNs: recording.number * 1e9 + 5e8,
    knownTimes: "span",
  });
}

/** Facts that the events of one recording state. */
export function readEvents(events: readonly OispEvent[]): Facts {
  const request = events.find((event) => event.event_type === "ai.request")?.data;
  const answer = events.find((event) => event.event_type === "ai.response" || event.event_type === "ai.embedding")
    ?.data;
  const choices = pickList(answer, "choices");
  const calls = choices.flatMap((choice) => pickList(choice, "message.tool_calls"));
  return toFacts({
    request_type: pickText(request ?? answer, "request_type"),
    request_model: pickText(request, "model.id"),
    streaming_request: pick(request, "streaming") as boolean | undefined,
    message_count: pickNumber(request, "message_count"),
    message_texts: pick(request, "messages") === undefined
      ? undefined
      : (pick(request, "messages") as EventMessage[]).map((message) => message.content ?? ""),
    system_prompt: pick(request, "system_prompt") as string | undefined,
    tools: pick(request, "tools") === undefined
      ? undefined
      : pickList(request, "tools").map((tool) => String(pick(tool, "name") ?? pick(tool, "type"))),
    temperature: pickNumber(request, "parameters.temperature"),
    max_tokens: pickNumber(request, "parameters.max_tokens"),
    input_count: pickNumber(answer, "input_count"),
    status: pickNumber(answer, "status_code"),
    success: pick(answer, "success") as boolean | undefined,
    request_id: pickText(answer, "request_id"),
    response_model: pickText(answer, "model.id"),
    streaming: pick(answer, "streaming") as boolean | undefined,
    contents: choices.length === 0 ? undefined : choices.map((choice) => pickText(choice, "message.content") ?? ""),
    reasoning: pickText(choices[0], "message.reasoning"),
    tool_calls: calls.length === 0
      ? undefined
      : calls.map((call) => callLine(pick(call, "name"), pick(call, "arguments"))),
    finish_reason: pickText(answer, "finish_reason"),
    prompt_tokens: pickNumber(answer, "usage.prompt_tokens"),
    completion_tokens: pickNumber(answer, "usage.completion_tokens"),
    total_tokens: pickNumber(answer, "usage.total_tokens"),
    cached_tokens: pickNumber(answer, "usage.cached_tokens"),
    reasoning_tokens: pickNumber(answer, "usage.reasoning_tokens"),
    error_message: pickText(answer, "error.message"),
    dimensions: pickNumber(answer, "dimensions"),
    embedding_count: pickNumber(answer, "embedding_count"),
  });
}
