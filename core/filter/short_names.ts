/** A short name for fields that people filter by often. */
export interface ShortName {
  readonly name: string;
  /** Fields it stands for; any of them may match. */
  readonly paths: readonly string[];
  /** One phrase for help. */
  readonly summary: string;
}

/** Every short name. A path below `data` may also be written without `data.`. */
export const SHORT_NAMES: readonly ShortName[] = [
  { name: "type", paths: ["event_type"], summary: "ai.request, ai.response, agent.tool_call, ..." },
  { name: "provider", paths: ["data.provider.id", "data.provider.name"], summary: "openai, anthropic, ..." },
  { name: "model", paths: ["data.model.id"], summary: "model id" },
  { name: "endpoint", paths: ["data.provider.endpoint"], summary: "URL of the call" },
  { name: "request", paths: ["data.request_type"], summary: "chat, embedding, image, ..." },
  { name: "tokens", paths: ["data.usage.total_tokens"], summary: "tokens of a call, in all" },
  { name: "input_tokens", paths: ["data.usage.prompt_tokens"], summary: "tokens sent" },
  { name: "output_tokens", paths: ["data.usage.completion_tokens"], summary: "tokens received" },
  { name: "cost", paths: ["data.cost.usd"], summary: "US dollars" },
  { name: "latency", paths: ["data.latency_ms"], summary: "800ms, 2s; a bare number is milliseconds" },
  { name: "first_token", paths: ["data.time_to_first_token_ms"], summary: "time to the first token" },
  { name: "status", paths: ["data.status_code"], summary: "HTTP status" },
  {
    name: "error",
    paths: ["data.error.type", "data.error.code", "data.error.message"],
    summary: "the provider's error",
  },
  { name: "finish", paths: ["data.finish_reason"], summary: "stop, length, tool_calls, ..." },
  { name: "tool", paths: ["data.tool.name"], summary: "name of a tool that was called" },
  { name: "server", paths: ["data.tool.server"], summary: "MCP server of the tool" },
  { name: "session", paths: ["data.session_id", "data.agent.session_id"], summary: "session of an agent" },
  { name: "process", paths: ["process.name"], summary: "name of the program" },
  { name: "pid", paths: ["process.pid"], summary: "process id" },
  { name: "exe", paths: ["process.exe"], summary: "path of the program" },
  { name: "app", paths: ["app.id", "app.name"], summary: "application" },
  { name: "user", paths: ["actor.username"], summary: "user name" },
  { name: "uid", paths: ["actor.uid"], summary: "user id" },
  { name: "hostname", paths: ["host.hostname"], summary: "machine" },
  { name: "time", paths: ["timestamp"], summary: "RFC 3339, for example time>2026-11-21T10:00:00Z" },
];
