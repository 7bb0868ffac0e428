import assert from "node:assert/strict";
import { bedrockAgent } from "./bedrock_agent.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/agents/A1/agentAliases/B1/sessions/s-1/text";

Deno.test("bedrock_agent reads the text, the session, and what a call handed back gave", () => {
  const request = bedrockAgent.decodeRequest(
    toRequestView({ path: PATH, json: { inputText: "hi", enableTrace: true } }),
  );
  assert.deepEqual(request?.messages, [{ role: "user", content: "hi" }]);
  assert.deepEqual([request?.isStreaming, request?.isDelta, request?.sessionKeys], [true, true, { session: "s-1" }]);
  const result = { actionGroup: "g", function: "f", responseBody: { TEXT: { body: "sunny" } } };
  const sessionState = { invocationId: "i1", returnControlInvocationResults: [{ functionResult: result }] };
  const next = bedrockAgent.decodeRequest(toRequestView({ path: PATH, json: { sessionState } }));
  assert.deepEqual(next?.messages[0]?.toolResults, [{ callId: "i1", name: "f", content: "sunny" }]);
});

Deno.test("bedrock_agent takes a model from its own name only", () => {
  const decode = (modelArn: string) =>
    bedrockAgent.decodeRequest(toRequestView({
      path: "/retrieveAndGenerate",
      json: {
        input: { text: "q" },
        retrieveAndGenerateConfiguration: { type: "KNOWLEDGE_BASE", knowledgeBaseConfiguration: { modelArn } },
      },
    }));
  assert.equal(decode("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2")?.model, "anthropic.claude-v2");
  assert.equal(decode("arn:aws:bedrock:us-east-1:1:inference-profile/x")?.model, undefined);
  assert.equal(decode("anthropic.claude-v2")?.isStreaming, false);
});

Deno.test("bedrock_agent joins chunks, leaves traces out, and reads a call that is handed back", () => {
  const chunk = (text: string) => ({ name: "chunk", json: { bytes: btoa(text) } });
  const trace = { name: "trace", json: { trace: { text: "secret" } } };
  const { answer, kinds } = readAnswer(bedrockAgent, [trace, chunk("Hel"), chunk("lo")]);
  assert.deepEqual([answer.choices[0]?.message.content, kinds], ["Hello", ["meta", "token", "token"]]);
  const call = { actionGroup: "g", function: "f", parameters: [{ name: "city", type: "string", value: "Oslo" }] };
  const back = {
    name: "returnControl",
    json: { invocationId: "i1", invocationInputs: [{ functionInvocationInput: call }] },
  };
  assert.deepEqual(readAnswer(bedrockAgent, [back]).answer.choices[0]?.message.toolCalls, [
    { id: "i1", name: "f", type: "function", arguments: { city: "Oslo" } },
  ]);
});

Deno.test("bedrock_agent reads a knowledge base's document and errors", () => {
  const base = readAnswer(bedrockAgent, [{ json: { output: { text: "A" }, citations: [] } }]).answer;
  assert.equal(base.choices[0]?.message.content, "A");
  const headers = new Map([[":message-type", "exception"], [":exception-type", "throttlingException"]]);
  const exception = { name: "throttlingException", json: { message: "slow" }, headers };
  assert.deepEqual(readAnswer(bedrockAgent, [exception]).answer, {
    choices: [],
    error: { type: "throttlingException", message: "slow" },
  });
});

Deno.test("bedrock_agent adds up what traces say that its models used, and names the one that is asked throughout", () => {
  const traceOf = (kind: string, step: unknown) => ({ name: "trace", json: { trace: { [kind]: step } } });
  const used = (inputTokens: number, outputTokens: number) => ({
    modelInvocationOutput: { metadata: { usage: { inputTokens, outputTokens } } },
  });
  const asked = (foundationModel: string) => ({ modelInvocationInput: { text: "…", foundationModel } });
  const first = [
    traceOf("preProcessingTrace", asked("anthropic.claude-x")),
    traceOf("preProcessingTrace", used(10, 2)),
    traceOf("orchestrationTrace", asked("anthropic.claude-x")),
    traceOf("orchestrationTrace", used(30, 5)),
    traceOf("orchestrationTrace", { rationale: { text: "…" } }),
  ];
  const { answer } = readAnswer(bedrockAgent, first);
  assert.deepEqual(answer.usage, { inputTokens: 40, outputTokens: 7, totalTokens: 47 });
  assert.equal(answer.model, "anthropic.claude-x");
  const two = readAnswer(bedrockAgent, [...first, traceOf("orchestrationTrace", asked("amazon.nova-x"))]).answer;
  assert.equal(two.model, undefined);
  for (
    const trace of [null, 7, [], { a: null }, {
      a: { modelInvocationOutput: { metadata: { usage: { inputTokens: -1 } } } },
    }]
  ) {
    assert.equal(readAnswer(bedrockAgent, [{ name: "trace", json: { trace } }]).answer.usage, undefined);
  }
});

Deno.test("bedrock_agent reads an agent that the request describes, on Amazon's hosts only", () => {
  const path = "/agents/s-7";
  assert.equal(bedrockAgent.matchHead(toRequestView({ path })), 0.3);
  const functions = [{ name: "look_up", description: "Looks up", parameters: {} }];
  const request = bedrockAgent.decodeRequest(toRequestView({
    path,
    json: {
      foundationModel: "anthropic.claude-x",
      instruction: "You help people who look for books.",
      inputText: "Which?",
      actionGroups: [{ actionGroupName: "g", functionSchema: { functions } }, { apiSchema: { payload: "…" } }],
    },
  }));
  assert.deepEqual(request, {
    requestType: "chat",
    model: "anthropic.claude-x",
    isStreaming: true,
    messages: [{ role: "user", content: "Which?" }],
    isDelta: true,
    systemPrompt: "You help people who look for books.",
    tools: [{ name: "look_up", type: "function", description: "Looks up" }],
    parameters: {},
    sessionKeys: { session: "s-7" },
  });
});

Deno.test("bedrock_agent says that a guardrail stopped the answer, in a trace, a frame or a document", () => {
  const chunk = { name: "chunk", json: { bytes: btoa("No.") } };
  const traceOf = (action: string) => ({ name: "trace", json: { trace: { guardrailTrace: { action } } } });
  const reasons = [
    [traceOf("INTERVENED"), chunk],
    [traceOf("NONE"), chunk],
    [{ name: "output", json: { text: "No." } }, { name: "guardrail", json: { action: "INTERVENED" } }],
    [{ json: { output: { text: "No." }, guardrailAction: "INTERVENED" } }],
    [{ json: { output: { text: "Yes." }, guardrailAction: "NONE" } }],
  ].map((messages) => readAnswer(bedrockAgent, messages).answer.choices[0]?.finishReason);
  assert.deepEqual(reasons, ["content_filter", undefined, "content_filter", "content_filter", undefined]);
});
