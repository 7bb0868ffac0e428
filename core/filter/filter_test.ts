import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import { filterFuzz } from "../../tests/fuzz/filters.ts";
import { runFuzz, TEST_INPUTS } from "../../tests/support/fuzz.ts";
import type { Finding } from "../model/finding.ts";
import { findField, listPaths } from "./fields.ts";
import { parseFilter } from "./filter.ts";
import { SHORT_NAMES } from "./short_names.ts";
import { FILTER_EXAMPLES } from "./syntax.ts";

const RESPONSE = {
  oisp_version: "0.1",
  event_id: "01M0D73AN04KRCSYHSAXR2JRTT",
  event_type: "ai.response",
  timestamp: "2026-11-21T10:00:00.500000Z",
  host: { hostname: "build-7" },
  process: { pid: 4121, name: "python3", exe: "/usr/bin/python3.12" },
  attrs: { exchange_id: "x1", "dotted.key": "yes" },
  confidence: { level: "high", completeness: "full" },
  data: {
    provider: { id: "openai", name: "OpenAI", endpoint: "https://api.openai.com/v1/chat/completions" },
    model: { id: "gpt-4o-mini" },
    streaming: false,
    status_code: 200,
    success: true,
    usage: { prompt_tokens: 900, completion_tokens: 150, total_tokens: 1050 },
    cost: { usd: 0.02 },
    latency_ms: 1500,
    choices: [
      { index: 0, message: { role: "assistant", content: "Berlin is the capital" } },
      { index: 1, message: { role: "assistant", content: "It is (probably) Berlin" } },
    ],
  },
};

function matches(text: string, event: object = RESPONSE): boolean {
  const parsed = parseFilter(text, "--filter");
  ok("filter" in parsed, `${text}: ${JSON.stringify(parsed)}`);
  return parsed.filter.matches(event);
}

function findings(text: string): readonly Finding[] {
  const parsed = parseFilter(text, "--filter");
  ok("findings" in parsed, text);
  return parsed.findings;
}

function problem(text: string): string {
  const [first] = findings(text);
  return `${first?.position?.line}:${first?.position?.column} ${first?.code} ${first?.what.replace(/^[^:]*: /, "")}`;
}

Deno.test("a field equals a value, whatever the case; : and == are =", () => {
  for (const text of ["model:gpt-4o-mini", "model=GPT-4O-MINI", "model == gpt-4o-mini", 'model:"gpt-4o-mini"']) {
    ok(matches(text), text);
  }
  ok(!matches("model:gpt-4o"));
  ok(matches("endpoint:https://api.openai.com/v1/chat/completions"));
});

Deno.test("a star stands for any text, but not in quotes; a star alone asks whether the field is there", () => {
  for (const text of ["model:gpt-4o*", "model:*mini", "model:g*o*i", "type:ai.*", "exe:*/python3*", "status:2*"]) {
    ok(matches(text), text);
  }
  for (const text of ["model:*4", 'model:"gpt-4o*"', "model:gpt-4o-mini*mini", "error:*", "status:4*"]) {
    ok(!matches(text), text);
  }
  ok(matches("usage:* not error:*"));
  ok(matches("data.choices:*"));
});

Deno.test("several values with commas mean any of them; != none of them", () => {
  ok(matches("model:gpt-4o,gpt-4o-mini"));
  ok(matches('status:429,"200"'));
  ok(!matches("status!=200,201"));
  ok(matches("status!=429,500"));
});

Deno.test("numbers compare, with units where the field has one", () => {
  for (
    const text of [
      "tokens>1000",
      "tokens >= 1_050",
      "cost>0.01",
      "cost<$0.03",
      "latency>1s",
      "latency<=1500",
      "latency<1m30s",
      "data.latency_ms=1.5s",
      "pid:4121",
    ]
  ) ok(matches(text), text);
  for (const text of ["tokens>1050", "cost>1e3", "latency<500ms"]) ok(!matches(text), text);
});

Deno.test("times compare, exact to the microsecond", () => {
  ok(matches("time>2026-11-21T10:00:00.499999Z"));
  ok(!matches("time>2026-11-21T10:00:00.5Z"));
  ok(matches("time>=2026-11-21T12:00:00.5+02:00"));
  ok(matches("timestamp<2026-11-22"));
  ok(matches("timestamp:2026-11-21T10:*"));
});

Deno.test("~ finds a part of a text, also of an object; !~ its absence", () => {
  ok(matches("exe~PYTHON"));
  ok(matches("endpoint!~anthropic"));
  ok(matches("data.choices~berlin"));
  ok(matches("provider~openai"));
  ok(!matches("error~rate"));
});

Deno.test("words without a field are looked for in every text of the event", () => {
  ok(matches("berlin"));
  ok(matches('"capital" openai'));
  ok(matches("'is (probably)'"));
  ok(!matches("paris"));
  ok(matches('"and"', { data: { text: "salt and pepper" } }));
});

Deno.test("and binds closer than or, words beside each other are and, not binds closest", () => {
  ok(matches("paris and berlin or openai"));
  ok(!matches("paris and (berlin or openai)"));
  ok(matches("not paris berlin"));
  ok(matches("!paris && !(rome || oslo)"));
  ok(matches("NOT paris AND berlin OR rome"));
  ok(matches("not not berlin"));
  ok(matches("tokens>1000&&cost>0.01"));
});

Deno.test("what is absent equals nothing and differs from nothing", () => {
  for (const text of ["error:x", "error!=x", "first_token>0", "first_token<5", "tool!~x", "tool:*"]) {
    ok(!matches(text), text);
  }
  ok(matches("not error:x"));
});

Deno.test("members of lists are looked at one by one", () => {
  ok(matches("choices.message.content~capital"));
  ok(matches("data.choices.index=1"));
  ok(!matches("choices.index!=1"), "one of them is 1");
});

Deno.test("open objects take any name below them, also with dots", () => {
  ok(matches("attrs.exchange_id:x1"));
  ok(matches("attrs.dotted.key:yes"));
  ok(!matches("attrs.other:x1"));
});

Deno.test("every short name stands for fields of the schema", () => {
  const paths = new Set(listPaths());
  for (const { name, paths: own } of SHORT_NAMES) {
    ok(own.every((path) => paths.has(path)), name);
    ok((findField(name)?.kinds.size ?? 0) > 0, name);
  }
});

Deno.test("the bundled table knows what fields hold", () => {
  const kinds = (name: string) => [...findField(name)?.kinds ?? []].sort();
  equals(kinds("type"), ["choice"]);
  equals(kinds("tokens"), ["number"]);
  equals(kinds("streaming"), ["boolean"]);
  equals(kinds("data.error"), ["object"]);
  equals(kinds("data.detail"), ["object", "text"]);
  equals(kinds("attrs.anything.below"), ["any"]);
  is(findField("host.nothing"), undefined);
  is(findField("__proto__"), undefined);
  is(findField("constructor"), undefined);
});

Deno.test("an unknown field is named with its column and the nearest name", () => {
  is(problem("type:ai.response and modle:gpt"), '1:22 OISP-FLT-002 there is no field "modle"');
  const fixes = Object.entries({
    modle: "model",
    "usage.totl_tokens": "usage.total_tokens",
    "proces.pid": "process.pid",
  });
  for (const [typed, wanted] of fixes) {
    ok(findings(`${typed}:1`)[0]?.fix?.startsWith(`${wanted} `), findings(`${typed}:1`)[0]?.fix);
  }
});

Deno.test("a value that no event can have is refused, with the nearest", () => {
  is(problem("type:ai.respnse"), '1:6 OISP-FLT-003 "ai.respnse" is no value of "type"');
  ok(findings("type:ai.respnse")[0]?.fix?.startsWith("ai.response "));
  is(problem("type:agents.*"), '1:6 OISP-FLT-003 no value of "type" matches "agents.*"');
  is(problem("tokens>many"), '1:8 OISP-FLT-003 "many" is no value of "tokens"');
  is(problem("streaming:yes"), '1:11 OISP-FLT-003 "yes" is no value of "streaming"');
  is(problem("model>5"), '1:7 OISP-FLT-003 "model" holds no numbers, and > compares numbers');
  is(problem("time>yesterday"), '1:6 OISP-FLT-003 "yesterday" is no value of "time"');
  is(problem("time>2026-02-30"), '1:6 OISP-FLT-003 "2026-02-30" is no value of "time"');
  is(problem("usage:5"), '1:7 OISP-FLT-003 "usage" is an object');
  is(problem("cost>1s"), '1:6 OISP-FLT-003 "1s" is no value of "cost"');
});

Deno.test("all names and values that do not fit are reported at once", () => {
  equals(
    findings("modle:x tokens>y\nor proces:z").map(({ code, position }) => [code, position?.line, position?.column]),
    [
      ["OISP-FLT-002", 1, 1],
      ["OISP-FLT-003", 1, 16],
      ["OISP-FLT-002", 2, 4],
    ],
  );
});

Deno.test("what cannot be read is shown with its place", () => {
  is(problem(""), "1:1 OISP-FLT-001 it ends where a word or a comparison is wanted");
  is(problem("model:"), '1:7 OISP-FLT-001 a value is missing after "model="');
  is(problem("(model:x"), "1:1 OISP-FLT-001 this parenthesis is not closed");
  is(problem("model:x)"), '1:8 OISP-FLT-001 there is no "(" for this ")"');
  is(problem("model:x and"), "1:12 OISP-FLT-001 it ends where a word or a comparison is wanted");
  is(problem("or model:x"), '1:1 OISP-FLT-001 "or" cannot stand here');
  is(problem('model:"x'), "1:7 OISP-FLT-001 this quote is not closed");
  is(problem("tokens>1,2"), "1:10 OISP-FLT-001 > compares with one value");
  is(problem("model:a,"), '1:9 OISP-FLT-001 a value is missing after "model="');
  is(problem("😀 >1"), '1:1 OISP-FLT-002 there is no field "😀"');
  is(problem("😀😀 modle:1"), '1:4 OISP-FLT-002 there is no field "modle"');
});

Deno.test("the place is pointed at", () => {
  equals(findings("type:ai.response modle:x")[0]?.why?.split("\n"), ["type:ai.response modle:x", " ".repeat(17) + "^"]);
  equals(findings(`${"a ".repeat(100)}modle:x more`)[0]?.why, 'near "modle:x"');
});

Deno.test("length, terms and nesting are bounded", () => {
  is(problem("x".repeat(4097)).split(" ")[1], "OISP-FLT-004");
  is(problem("a ".repeat(300)).split(" ")[1], "OISP-FLT-004");
  is(problem("(".repeat(100)).split(" ")[1], "OISP-FLT-004");
  is(problem("not ".repeat(100)).split(" ")[1], "OISP-FLT-004");
  ok(matches(`${"(".repeat(60)}berlin${")".repeat(60)}`));
});

Deno.test("events of any depth are looked at without harm", () => {
  const deep = JSON.parse(`{"data":${"[".repeat(5000)}"berlin"${"]".repeat(5000)}}`);
  ok(!matches("berlin", deep));
  ok(!matches("data:*", deep));
});

Deno.test("seeded expressions give a filter or findings, never an exception", () => runFuzz(filterFuzz, TEST_INPUTS));

Deno.test("every example of the help is a filter", () => {
  for (const { text } of FILTER_EXAMPLES) ok("filter" in parseFilter(text, "--filter"), text);
});
