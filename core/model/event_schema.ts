/**
 * The published event, as one schema: types, `oisp schema` and the tests' validation come from it. Loaded at run time only by
 * `oisp schema` and tests; everything else imports the types of `oisp_event.ts`, which cost nothing.
 *
 * @see ../../docs/events.md for every field and its difference from public OISP v0.1
 */
import * as v from "valibot";
import { AiEmbedding, AiRequest, AiResponse, AiStreamingChunk } from "./event_schema_ai.ts";
import { AgentPlanStep, AgentSession, AgentToolCall, AgentToolResult } from "./event_schema_agent.ts";
import {
  FileClose,
  FileOpen,
  FileRead,
  FileWrite,
  NetworkConnect,
  NetworkDns,
  ProcessExec,
  ProcessExit,
  ProcessFork,
  SensorCoverage,
  SensorLoss,
} from "./event_schema_system.ts";

/** Schema of every event this program emits, discriminated by `event_type`. */
export const OispEventSchema = v.variant("event_type", [
  AiRequest,
  AiResponse,
  AiStreamingChunk,
  AiEmbedding,
  AgentToolCall,
  AgentToolResult,
  AgentPlanStep,
  AgentSession,
  ProcessExec,
  ProcessExit,
  ProcessFork,
  FileOpen,
  FileRead,
  FileWrite,
  FileClose,
  NetworkConnect,
  NetworkDns,
  SensorLoss,
  SensorCoverage,
]);
