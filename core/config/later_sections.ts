/**
 * Sections of later versions: every key that the specification prints is parsed and checked now, so that a file written for
 * them is not refused; a warning names what has no effect.
 */
import * as v from "valibot";
import type { ConfigSection } from "./section.ts";
import { Headers, key, Port, Positive, Redaction, Text, Whole } from "./value_kinds.ts";

const enabled = v.optional(key(v.boolean(), "use this destination"), false);
const redaction = v.optional(key(Redaction, "level of this destination; default: [redaction] mode"));
const batch_size = v.optional(key(Positive, "events a batch"));
const flush_interval_ms = v.optional(key(Positive, "longest time an event waits"));
const headers = v.optional(key(Headers, "request headers", { isSecret: true, example: { "x-team": "a" } }));
const secret = (description: string) => v.optional(key(Text, description, { isSecret: true, example: "..." }));
const text = (description: string, example: string) => v.optional(key(Text, description, { example }));

const WebsocketSchema = v.strictObject({
  enabled,
  host: text("address", "127.0.0.1"),
  port: v.optional(key(Port, "port"), 7777),
  buffer_size: v.optional(key(Positive, "events kept for new viewers")),
  redaction,
});

const OtlpSchema = v.strictObject({
  enabled,
  endpoint: text("URL of the receiver", "http://localhost:4317"),
  protocol: v.optional(key(v.picklist(["grpc", "http", "http/protobuf", "http/json"]), "how it is sent")),
  service_name: text("service.name", "oisp-sensor"),
  batch_size,
  flush_interval_ms,
  headers,
  tls_cert_path: text("CA certificate", "/etc/oisp/ca.crt"),
  timeout_ms: v.optional(key(Positive, "time-out of a request")),
  compression: v.optional(key(v.picklist(["none", "gzip"]), "compression")),
  redaction,
});

const KafkaSchema = v.strictObject({
  enabled,
  brokers: v.optional(
    key(v.union([Text, v.array(Text)]), "brokers: a list, or one text with commas", { example: "localhost:9092" }),
  ),
  topic: text("topic", "oisp-events"),
  batch_size,
  flush_interval_ms,
  compression: v.optional(key(v.picklist(["none", "gzip", "snappy", "lz4", "zstd"]), "compression")),
  acks: v.optional(
    key(v.union([v.picklist(["all", "none", "leader", "0", "1", "-1"]), v.picklist([0, 1, -1])]), "acknowledgements"),
  ),
  security_protocol: v.optional(key(v.picklist(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]), "transport")),
  sasl_mechanism: v.optional(
    key(v.picklist(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]), "authentication"),
  ),
  sasl_username: text("user", "oisp"),
  sasl_password: secret("password"),
  tls_cert_path: text("CA certificate", "/etc/oisp/ca.crt"),
  redaction,
});

const WebhookSchema = v.strictObject({
  enabled,
  url: v.optional(key(Text, "where events are sent", { isSecret: true, example: "https://example.com/events" })),
  method: v.optional(key(v.picklist(["POST", "PUT", "PATCH"]), "HTTP method")),
  batch_size,
  flush_interval_ms,
  headers,
  timeout_ms: v.optional(key(Positive, "time-out of a request")),
  retry_count: v.optional(key(Whole, "attempts after the first")),
  redaction,
});

const WebSchema = v.strictObject({
  enabled: v.optional(key(v.boolean(), "serve the web view"), false),
  host: text("address", "127.0.0.1"),
  port: v.optional(key(Port, "port"), 7777),
  redaction,
  trust_local_user: v.optional(key(v.boolean(), "no token for the caller's own loopback connections")),
});

/** Sections of later versions. */
export const LATER_SECTIONS: readonly ConfigSection[] = [
  {
    path: "export.websocket",
    summary: "Live stream for the web view and clients",
    schema: WebsocketSchema,
    isLater: true,
  },
  { path: "export.otlp", summary: "OpenTelemetry", schema: OtlpSchema, isLater: true, isRepeatable: true },
  { path: "export.kafka", summary: "Apache Kafka", schema: KafkaSchema, isLater: true, isRepeatable: true },
  { path: "export.webhook", summary: "HTTP endpoint", schema: WebhookSchema, isLater: true, isRepeatable: true },
  { path: "web", summary: "Web view", schema: WebSchema, isLater: true },
];
