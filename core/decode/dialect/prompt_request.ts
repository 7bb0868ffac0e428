import type { ModelRequest } from "../../model/model_call.ts";
import type { RequestView } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/**
 * Reads the request of a text completion: one `prompt`, its settings beside it. Gives undefined when the body has no prompt.
 *
 * @param readParameters - gives the settings by their normalised names; absent or null ones are left out
 * @param model - named outside the body; else the body's `model`
 */
export function decodePromptRequest(
  view: RequestView,
  readParameters: (json: JsonRecord) => Record<string, unknown>,
  model?: string,
): ModelRequest | undefined {
  const json = asRecord(view.json);
  const prompt = asText(json?.["prompt"]);
  if (json === undefined || prompt === undefined) return undefined;
  const given = Object.entries(readParameters(json)).filter(([, value]) => value !== undefined && value !== null);
  return compact<ModelRequest>({
    requestType: "completion",
    model: model ?? asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages: [{ role: "user", content: prompt }],
    tools: [],
    parameters: Object.fromEntries(given),
  });
}
