import type { OispEvent } from "../../core/model/oisp_event.ts";
import { readEvents } from "./actual.ts";
import type { Facts, Oracle } from "./oracle.ts";
import { ORACLES } from "./oracles.ts";
import { providerOf } from "./providers_oracle.ts";
import { hostOf, pathOf, type Recording } from "./recording.ts";

/** Outcome of one fact of one recording. */
export interface Outcome {
  readonly recording: Recording;
  readonly format: string;
  readonly isStream: boolean;
  readonly fact: string;
  readonly result: "right" | "wrong" | "absent";
  /** Why a fact may be absent; undefined for an absence nothing explains. */
  readonly reason?: string | undefined;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** Compares the events of one recording with what the recording says; empty when no oracle reads it. */
export function compareRecording(recording: Recording, events: readonly OispEvent[]): readonly Outcome[] {
  const provider = providerOf(recording);
  if (provider === null || isControl(recording)) return [noEvents(recording, events)];
  const oracle = ORACLES.find((candidate) => candidate.accepts(recording));
  if (oracle === undefined) return [];
  const expected = oracle.read(recording);
  const actual = readEvents(events);
  const outcomes = Object.keys({ ...expected, ...actual })
    .filter((fact) => !oracle.unread.includes(fact as keyof Facts))
    .map((fact) => compareFact(recording, oracle, expected, actual, fact as keyof Facts));
  return [
    ...outcomes,
    compareTypes(recording, oracle, expected, events),
    ...compareProvider(recording, oracle, expected, events),
  ];
}

/** Paths that manage files, stores, assistants, batches: no call to a model, although the host is a vendor's. */
const CONTROL_PATHS =
  /\/(?:files|assistants|threads|vector_stores|conversations|fine_tuning|organization|realtime\/sessions|cachedContents|operations|videos|batches|batch\/jobs|responses)(?:\/|$)/;

/** Paths below those that are calls. */
const CALL_PATHS =
  /\/(?:threads\/(?:[^/]+\/)?runs|threads\/[^/]+\/runs\/[^/]+\/submit_tool_outputs|videos\/generations|batches|batch\/jobs|responses|responses\/input_tokens)$/;

function isControl(recording: Recording): boolean {
  const path = pathOf(recording);
  if (path.endsWith("/models") || /\/models\/[^/:]+$/.test(path)) return recording.method === "DELETE";
  if (recording.method !== "POST") return true;
  return CONTROL_PATHS.test(path) && !CALL_PATHS.test(path);
}

function compareFact(recording: Recording, oracle: Oracle, expected: Facts, actual: Facts, fact: keyof Facts): Outcome {
  const base = { recording, format: oracle.format, isStream: expected.streaming === true, fact };
  const isSame = JSON.stringify(expected[fact]) === JSON.stringify(actual[fact]);
  if (isSame) return { ...base, result: "right" };
  const values = { expected: expected[fact], actual: actual[fact] };
  if (actual[fact] !== undefined) return { ...base, result: "wrong", ...values };
  return { ...base, result: "absent", reason: whyAbsent(recording), ...values };
}

/** Exactly one event of each type a call has, in order. */
function compareTypes(recording: Recording, oracle: Oracle, expected: Facts, events: readonly OispEvent[]): Outcome {
  const wanted = expected.request_type === "embedding" ? "ai.embedding" : "ai.request ai.response";
  const actual = events.map((event) => event.event_type).join(" ");
  const base = { recording, format: oracle.format, isStream: expected.streaming === true, fact: "events" };
  return actual === wanted ? { ...base, result: "right" } : { ...base, result: "wrong", expected: wanted, actual };
}

/** A recorder that took frames of bytes for text has replaced what is no UTF-8: their checksums cannot be right. */
function whyAbsent(recording: Recording): string | undefined {
  const isFrames = recording.responseHeaders["content-type"]?.includes("amazon.eventstream");
  return isFrames && recording.responseBody.includes("\ufffd") ? "the recording damaged its bytes" : undefined;
}

function compareProvider(
  recording: Recording,
  oracle: Oracle,
  expected: Facts,
  events: readonly OispEvent[],
): Outcome[] {
  const provider = providerOf(recording);
  return events.map((event) => {
    const actual = "provider" in event.data ? event.data.provider?.id : undefined;
    const base = { recording, format: oracle.format, isStream: expected.streaming === true, fact: "provider" };
    if (actual === provider) {
      return { ...base, result: actual === undefined ? "absent" : "right", reason: whyNoProvider(recording) };
    }
    return { ...base, result: actual === undefined ? "absent" : "wrong", expected: provider, actual };
  });
}

function whyNoProvider(recording: Recording): string {
  if (hostOf(recording) === "" || /[<>]/.test(hostOf(recording))) return "the recording masks its host";
  return "the host proves no vendor";
}

function noEvents(recording: Recording, events: readonly OispEvent[]): Outcome {
  const base = { recording, format: "none", isStream: false, fact: "no_event" };
  return events.length === 0
    ? { ...base, result: "right" }
    : { ...base, result: "wrong", actual: events[0]?.event_type };
}
