import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import * as v from "valibot";
import type { EventOf, OispEvent, RedactedEvent, RedactionMode } from "../model/oisp_event.ts";
import { OispEventSchema } from "../model/event_schema.ts";
import { createRedactor } from "./redactor.ts";

const ENVELOPE = {
  oisp_version: "0.1" as const,
  event_id: "01HQXYZ0000000000000000000",
  timestamp: "2026-11-21T10:00:00.000123Z",
  confidence: { level: "high" as const, completeness: "full" as const },
};
const LONG = "The parser reads one record after the other and keeps what it needs.";
const sha256 = (text: string): string => "sha256:" + createHash("sha256").update(text).digest("hex");

function request(data: EventOf<"ai.request">["data"]): OispEvent {
  return { ...ENVELOPE, event_type: "ai.request", data };
}

function redact(event: OispEvent, mode: RedactionMode, hashKey?: Uint8Array): RedactedEvent {
  const redactor = createRedactor({ modes: [mode], ...(hashKey === undefined ? {} : { hashKey }) });
  const [views] = redactor.push(event);
  const [shown] = views ?? [];
  assert.ok(shown !== undefined);
  v.parse(OispEventSchema, shown);
  return shown;
}

function redactedData(event: OispEvent, mode: RedactionMode, hashKey?: Uint8Array): Record<string, unknown> {
  return redact(event, mode, hashKey).data as unknown as Record<string, unknown>;
}

Deno.test("safe mode replaces a message by role, UTF-8 length and the hash of the masked text", () => {
  const content = `${LONG} Ask anna@example.com, naïve café.`;
  const data = redactedData(request({ messages: [{ role: "user", content }] }), "safe");
  assert.deepEqual(data.messages, [{
    role: "user",
    content_length: new TextEncoder().encode(content).length,
    content_hash: sha256(content.replace("anna@example.com", "[REDACTED:email]")),
  }]);
  assert.equal(data.messages_redacted, true);
  const redaction = data.redaction as Record<string, unknown>;
  assert.deepEqual(redaction.patterns_found, ["email"]);
  assert.equal(redaction.redaction_count, 1);
  assert.equal(redaction.mode, "safe");
  assert.equal("original_hash" in redaction, false);
});

Deno.test("safe mode gives no hash of a content under 32 bytes", () => {
  const data = redactedData(request({ messages: [{ role: "user", content: "yes" }] }), "safe");
  assert.deepEqual(data.messages, [{ role: "user", content_length: 3 }]);
});

Deno.test("masked mode keeps contents and marks what it took out", () => {
  const content = "mail anna@example.com or call +1-415-555-2671 with 4242 4242 4242 4242";
  const data = redactedData(request({ messages: [{ role: "user", content }] }), "masked");
  assert.deepEqual(data.messages, [{
    role: "user",
    content: "mail [REDACTED:email] or call [REDACTED:phone] with [REDACTED:payment_card]",
  }]);
  assert.equal(data.messages_redacted, true);
});

Deno.test("full mode changes no content and still says what it found", () => {
  const content = "mail anna@example.com";
  const data = redactedData(request({ messages: [{ role: "user", content }] }), "full");
  assert.deepEqual(data.messages, [{ role: "user", content }]);
  assert.equal("messages_redacted" in data, false);
  assert.deepEqual((data.redaction as Record<string, unknown>).rules, ["email"]);
});

Deno.test("full mode shows a command line as it was, but for the values of credential headers in it", () => {
  const json = JSON.stringify({ headers: { "x-api-key": "k7-planted", model: "m" } });
  const args = [
    "-sS",
    "-H",
    "Authorization: Bearer sk-planted-0123456789",
    "--header=x-api-key: k7-planted",
    json,
    "a@b.org",
  ];
  const event: OispEvent = { ...ENVELOPE, event_type: "process.exec", data: { pid: 7, exe: "/usr/bin/curl", args } };
  const shown = redactedData(event, "full").args as string[];
  assert.equal(JSON.stringify(shown).includes("planted"), false, JSON.stringify(shown));
  assert.deepEqual([shown[0], shown[1], shown[5]], ["-sS", "-H", "a@b.org"]);
  assert.equal(shown[2], "Authorization: [REDACTED:auth_header]");
});

Deno.test("of the arguments of a command only the secrets are hidden, not what follows them", () => {
  const shown = (args: string[]) => {
    const event: OispEvent = { ...ENVELOPE, event_type: "process.exec", data: { pid: 7, exe: "/usr/bin/x", args } };
    return redactedData(event, "masked").args;
  };
  const rest = ["-H", "content-type: application/json", "--data", '{"model":"gpt 4"}', "https://api.example.org/v1"];
  assert.deepEqual(shown(["-H", "Authorization: Bearer k7 planted", ...rest]), [
    "-H",
    "Authorization: [REDACTED:auth_header]",
    ...rest,
  ]);
  assert.deepEqual(shown(["--password", "hunter2", "-v"]), ["--password", "[REDACTED:assignment]", "-v"]);
  assert.equal(JSON.stringify(shown(["-H", "Authorization: Bearer", "k7planted", "x"])).includes("planted"), false);
  assert.equal(JSON.stringify(shown(["-H", "Authorization:", "Bearer", "k7planted"])).includes("planted"), false);
});

Deno.test("minimal mode replaces all content by [REDACTED]", () => {
  const event = request({
    system_prompt: LONG,
    messages: [{ role: "assistant", content: LONG, tool_calls: [{ id: "c1", name: "write", arguments: { a: LONG } }] }],
  });
  const data = redactedData(event, "minimal");
  assert.equal(data.system_prompt, "[REDACTED]");
  assert.deepEqual(data.messages, [{
    role: "assistant",
    content: "[REDACTED]",
    tool_calls: [{ id: "c1", name: "write", arguments: { a: "[REDACTED]" } }],
  }]);
});

Deno.test("the system prompt leaves safe mode as its hash", () => {
  const data = redactedData(request({ system_prompt: LONG, messages: [] }), "safe");
  assert.equal(data.system_prompt_hash, sha256(LONG));
  assert.equal("system_prompt" in data, false);
});

Deno.test("a system message inside the conversation gives the system prompt hash too", () => {
  const messages = [{ role: "system", content: LONG }, { role: "user", content: "hi" }];
  assert.equal(redactedData(request({ messages }), "safe").system_prompt_hash, sha256(LONG));
  assert.equal(redactedData(request({ messages }), "masked").system_prompt_hash, sha256(LONG));
});

Deno.test("the original hash is an HMAC over the canonical content and the same in every mode", () => {
  const key = new TextEncoder().encode("installation key");
  const content = `${LONG} anna@example.com`;
  const event = request({ messages: [{ role: "user", content: "yes" }, { role: "user", content }] });
  const canonical = `"yes"\n${createHash("sha256").update(content).digest("hex")}\n`;
  const expected = "sha256:" + createHmac("sha256", key).update(canonical).digest("hex");
  for (const mode of ["safe", "masked", "full", "minimal"] as const) {
    const redaction = redactedData(event, mode, key).redaction as Record<string, unknown>;
    assert.equal(redaction.original_hash, expected, mode);
  }
});

Deno.test("one push gives one event a distinct mode, in the order of the modes", () => {
  const redactor = createRedactor({ modes: ["full", "safe", "full"] });
  assert.deepEqual(redactor.modes, ["full", "safe"]);
  const [views] = redactor.push(request({ messages: [{ role: "user", content: LONG }] }));
  assert.equal(views?.length, 2);
  assert.ok(JSON.stringify(views?.[0]).includes(LONG));
  assert.ok(!JSON.stringify(views?.[1]).includes(LONG));
});

Deno.test("safe mode keeps short tool arguments that are no prose and hides the rest", () => {
  const event: OispEvent = {
    ...ENVELOPE,
    event_type: "agent.tool_call",
    data: {
      tool: { name: "write_file" },
      arguments: {
        path: "/home/anna/notes.md",
        command: "ls -la /tmp | head",
        content: "Dear diary, today I met somebody who wants to buy the house.",
        lines: "a = 1\nb = 2",
        nested: '{"password":"tulips9","note":"today I met somebody who wants to buy it"}',
        count: 3,
        password: "tulips9",
        card: 4242424242424242,
      },
    },
  };
  const data = redactedData(event, "safe");
  const shown = data.arguments as Record<string, unknown>;
  assert.equal(shown.path, "/home/anna/notes.md");
  assert.equal(shown.command, "ls -la /tmp | head");
  assert.deepEqual(Object.keys(shown.content as object), ["content_length", "content_hash"]);
  assert.deepEqual(shown.lines, { content_length: 11 });
  assert.equal(shown.count, 3);
  assert.equal(shown.password, "[REDACTED:assignment]");
  assert.equal(shown.card, "[REDACTED:payment_card]");
  assert.ok(!JSON.stringify(data).includes("tulips9"));
  assert.ok(!JSON.stringify(data).includes("somebody"));
});

Deno.test("programs, keys and signatures in tool arguments are hidden only where they look like what addresses carry", () => {
  const given = {
    code: "print(sum(x ** 2 for x in range(10)))",
    key: "Enter",
    signature: "def area(r: float) -> float",
    nested: { code: "4/0AX4XfWh9kQz_7pLmN", key: "mZq3vX0yT8sW5uE2" },
  };
  const event: OispEvent = {
    ...ENVELOPE,
    event_type: "agent.tool_call",
    data: { tool: { name: "run" }, arguments: given },
  };
  const mark = "[REDACTED:assignment]";
  assert.deepEqual(redactedData(event, "masked").arguments, { ...given, nested: { code: mark, key: mark } });
});

Deno.test("a field nobody listed is hidden like free text in safe mode", () => {
  const event = request({ messages: [] });
  const unlisted = { ...event, data: { ...event.data, remark: `${LONG}\n${LONG}` } } as unknown as OispEvent;
  const redactor = createRedactor({ modes: ["safe"] });
  const text = JSON.stringify(redactor.push(unlisted));
  assert.ok(!text.includes("parser"));
});

Deno.test("a flag and the secret behind it are seen together in the arguments of a command", () => {
  const event: OispEvent = {
    ...ENVELOPE,
    event_type: "process.exec",
    data: { pid: 7, args: ["--password", "tulips9", "-h", "db"], env: { DB_PASSWORD: "tulips9", LANG: "C" } },
  };
  for (const mode of ["safe", "masked"] as const) {
    const data = redactedData(event, mode);
    assert.deepEqual(data.args, ["--password", "[REDACTED:assignment]", "-h", "db"]);
    assert.deepEqual(data.env, { DB_PASSWORD: "[REDACTED:assignment]", LANG: "C" });
  }
});

Deno.test("keys of objects are scanned", () => {
  const event: OispEvent = {
    ...ENVELOPE,
    event_type: "agent.tool_call",
    data: { tool: { name: "t" }, arguments: { "anna@example.com": 1, ok: JSON.parse('{"__proto__":{"x":"a@b.io"}}') } },
  };
  const text = JSON.stringify(redact(event, "masked"));
  assert.ok(text.includes('"[REDACTED:email]":1'));
  assert.ok(!text.includes("a@b.io"));
});

Deno.test("escaped and disguised secrets are found", () => {
  const redactor = createRedactor({ modes: ["safe"] });
  for (
    const text of [
      "anna\\u0040example.com",
      "anna%40example.com",
      "anna＠example.com",
      "an\u200bna@exam\u200bple.com",
      "anna&#64;example.com",
      "４２４２ ４２４２ ４２４２ ４２４２",
      "sk\\u002dproj\\u002dq7Zk2XmW4bT5nA3cRv8L0123",
    ]
  ) assert.match(redactor.redactText(`x ${text} y`), /^x \[REDACTED:\w+\] y$/, text);
});

Deno.test("a key that was cut by the join of two message parts is hidden with its rest", () => {
  const redactor = createRedactor({ modes: ["safe"] });
  const key = "sk-proj-q7Zk2XmW4bT5nA3cRv8Lq7Zk2XmW4bT5nA3cRv8L";
  for (let cut = 1; cut < key.length; cut++) {
    const masked = redactor.redactText(`use ${key.slice(0, cut)}\n${key.slice(cut)}, please`);
    assert.ok(!masked.includes(key.slice(10, 20)) && !masked.includes(key.slice(-9)), `${cut}: ${masked}`);
  }
});

Deno.test("frozen parts that events share are redacted and counted in each event", () => {
  const process = Object.freeze({ pid: 1, cmdline: ["x", "--token=q7Zk2XmW4bT5nA3c"] });
  const redactor = createRedactor({ modes: ["safe"] });
  for (let i = 0; i < 2; i++) {
    const [views] = redactor.push({ ...request({ messages: [] }), process });
    assert.deepEqual(views?.[0]?.process?.cmdline, ["x", "--token=[REDACTED:assignment]"]);
    assert.equal(views?.[0]?.data.redaction?.redaction_count, 1);
  }
});

Deno.test("every event carries the ruleset", () => {
  const event: OispEvent = { ...ENVELOPE, event_type: "process.fork", data: { pid: 1, child_pid: 2 } };
  assert.equal(redact(event, "safe").data.redaction?.ruleset, createRedactor({ modes: ["safe"] }).ruleset);
});

Deno.test("no mode given is a RangeError", () => {
  assert.throws(() => createRedactor({ modes: [] }), RangeError);
});
