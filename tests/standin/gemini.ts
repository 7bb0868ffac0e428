import { type Answer, type Endpoint, eventAnswer, jsonAnswer, listOf, recordOf, type Wishes } from "./answer.ts";
import { type Story, tellStory } from "./story.ts";

/** `POST /v1beta/models/MODEL:generateContent` and `:streamGenerateContent`. @see https://ai.google.dev/api/generate-content (read 2026-11) */
export const GEMINI: Endpoint = {
  path: /^\/v1beta\/models\/[^/]+:(?:generate|streamGenerate)Content$/,
  answer(body, wishes, path) {
    const contents = listOf(body.contents).map((content) => listOf(recordOf(content).parts).map(recordOf));
    const counts = contents.map((parts) =>
      parts.filter(({ functionResponse }) => functionResponse !== undefined).length
    );
    const results = { count: counts.reduce((sum, count) => sum + count, 0), isLast: (counts.at(-1) ?? 0) > 0 };
    const prompt = contents.flat().map(({ text }) => String(text ?? "")).join("\n");
    const story = tellStory(prompt, toolNames(body.tools), results, wishes);
    return path.includes(":stream")
      ? stream(path, story, wishes)
      : jsonAnswer(answerOf(path, story, partsOf(story), true));
  },
  error: (status, text = `The stand-in answers ${status}`) => ({
    error: { code: status, message: text, status: status === 429 ? "RESOURCE_EXHAUSTED" : "INVALID_ARGUMENT" },
  }),
};

function toolNames(tools: unknown): string[] {
  return listOf(tools).flatMap((tool) => listOf(recordOf(tool).functionDeclarations)).map((declaration) =>
    String(recordOf(declaration).name ?? "")
  );
}

function partsOf(story: Story): unknown[] {
  if (!story.tool) return [{ text: story.text }];
  return [{ functionCall: { name: story.tool.name, args: JSON.parse(story.tool.arguments) } }];
}

function answerOf(path: string, story: Story, parts: unknown[], isLast: boolean): Record<string, unknown> {
  const counts = {
    promptTokenCount: story.inputTokens,
    candidatesTokenCount: story.outputTokens,
    totalTokenCount: story.inputTokens + story.outputTokens,
  };
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...(isLast && { finishReason: "STOP" }) }],
    ...(isLast && { usageMetadata: counts }),
    modelVersion: /models\/([^:]+):/.exec(path)?.[1] ?? "",
    responseId: `resp-${story.id}`,
  };
}

function stream(path: string, story: Story, wishes: Wishes): Answer {
  const pieces = story.tool ? [partsOf(story)] : story.parts.map((text) => [{ text }]);
  return eventAnswer(
    pieces.map((parts, index) => `data: ${JSON.stringify(answerOf(path, story, parts, index === pieces.length - 1))}`),
    wishes,
  );
}
