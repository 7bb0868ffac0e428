import { type Answer, jsonAnswer, recordOf, type StandinRequest, type Wishes } from "./answer.ts";
import { encodeAnswer } from "./coding.ts";
import { ENDPOINTS } from "./registry.ts";

/** Makes the answer to a request: a health check, one of the endpoints, or an error. */
export async function respond(request: StandinRequest): Promise<Answer> {
  if (request.path === "/health") return jsonAnswer({ ok: true });
  if (request.path === "/page") return page();
  const endpoint = ENDPOINTS.find((candidate) => candidate.path === request.path);
  if (!endpoint) return jsonAnswer({ error: { message: "no such path" } }, 404);
  const wishes = readWishes(request.headers["x-standin"]);
  if (wishes.status !== undefined) return toError(jsonAnswer(endpoint.error(wishes.status), wishes.status));
  const body = parseJson(request.body);
  if (body === undefined) return jsonAnswer(endpoint.error(400), 400);
  const answer = await encodeAnswer(endpoint.answer(body, wishes), wishes.coding);
  return delay(withIds(answer), wishes.delayMs ?? 0);
}

/** Something that is no AI traffic. */
function page(): Answer {
  const bytes = new TextEncoder().encode(
    "<!doctype html><title>no AI here</title>" + "<p>planted-page-text</p>".repeat(50),
  );
  return { status: 200, headers: { "content-type": "text/html" }, pieces: [{ bytes, pauseMs: 0 }] };
}

function toError(answer: Answer): Answer {
  const headers = answer.status === 429 ? { ...answer.headers, "retry-after": "7" } : answer.headers;
  return withIds({ ...answer, headers });
}

function withIds(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, "x-request-id": "req_standin" } };
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
