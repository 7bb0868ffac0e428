import { type Answer, jsonAnswer, recordOf, type StandinRequest, type Wishes } from "./answer.ts";
import { encodeAnswer } from "./coding.ts";
import { ENDPOINTS } from "./registry.ts";
import type { Script } from "./script.ts";

/** Makes the answer to a request: a health check, one of the endpoints, or an error. */
export async function respond(request: StandinRequest, script?: Script): Promise<Answer> {
  if (request.path === "/health") return jsonAnswer({ ok: true });
  if (request.path === "/page") return page();
  const endpoint = ENDPOINTS.find(({ path }) =>
    typeof path === "string" ? path === request.path : path.test(request.path)
  );
  if (!endpoint) return jsonAnswer({ error: { message: "no such path" } }, 404);
  const body = parseJson(request.body);
  const wishes = { ...readWishes(request.headers["x-standin"]), ...script?.take(body ?? {}) };
  if (wishes.status !== undefined) {
    const error = jsonAnswer(endpoint.error(wishes.status, wishes.errorText), wishes.status);
    return delay(toError(error, wishes), wishes.delayMs ?? 0);
  }
  if (body === undefined) return jsonAnswer(endpoint.error(400), 400);
  const answer = await encodeAnswer(endpoint.answer(body, wishes, request.path), wishes.coding);
  return delay(withIds(answer, wishes), wishes.delayMs ?? 0);
}

/** Something that is no AI traffic. */
function page(): Answer {
  const bytes = new TextEncoder().encode(
    "<!doctype html><title>no AI here</title>" + "<p>planted-page-text</p>".repeat(50),
  );
  return { status: 200, headers: { "content-type": "text/html" }, pieces: [{ bytes, pauseMs: 0 }] };
}

function toError(answer: Answer, wishes: Wishes): Answer {
  const retryAfter = String(wishes.retryAfterS ?? 7);
  const headers = answer.status === 429 ? { ...answer.headers, "retry-after": retryAfter } : answer.headers;
  return withIds({ ...answer, headers }, wishes);
}

function withIds(answer: Answer, wishes: Wishes): Answer {
  return { ...answer, headers: { ...answer.headers, "x-request-id": `req_${wishes.id ?? "standin"}` } };
}

function delay(answer: Answer, delayMs: number): Answer {
  const [first, ...rest] = answer.pieces;
  return first ? { ...answer, pieces: [{ ...first, pauseMs: first.pauseMs + delayMs }, ...rest] } : answer;
}

function readWishes(header: string | undefined): Wishes {
  return header === undefined ? {} : recordOf(JSON.parse(header)) as Wishes;
}

function parseJson(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    return recordOf(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
