/**
 * Picture models inside Bedrock's InvokeModel: Amazon's Titan Image Generator and Nova Canvas (a task with its parameters), and
 * Stability's models, the newer ones with one prompt and the older with several. Pictures are counted, never kept.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html (read 2026-11-21)
 */
import type { ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asAmount, asCount, asFilledText, asList, asRecord, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Picture formats inside InvokeModel; never matched by itself. */
export const bedrockImage: Dialect = {
  id: "bedrock_image",
  summary: "Picture models of Amazon and Stability inside Amazon Bedrock InvokeModel",
  stability: "experimental",
  docsUrl: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html",
  matchHead: () => 0,
  matchBody: (json) => (asRecord(json["imageGenerationConfig"]) === undefined ? 0 : 0.8),
  matchAnswer: (json) => (typeof asList(json?.["images"])[0] === "string" ? 0.8 : 0),
  requestType: () => "image",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readPictures, { hasOwnErrors: true }),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const config = asRecord(json["imageGenerationConfig"]) ?? json;
  const [width, height] = [asCount(config["width"]), asCount(config["height"])];
  return compact<ModelRequest>({
    requestType: "image",
    isStreaming: false,
    messages: findPrompts(json).map((content) => ({ role: "user", content })),
    tools: [],
    parameters: compact<Record<string, unknown>>({
      n: asCount(config["numberOfImages"]) ?? asCount(config["samples"]),
      size: width === undefined || height === undefined ? undefined : `${width}x${height}`,
      quality: asFilledText(config["quality"]),
      seed: asAmount(config["seed"]),
      output_format: asFilledText(config["output_format"]),
    }),
  });
}

/** The prompt stands beside the task, in the task's parameters, or in a list. */
function findPrompts(json: JsonRecord): string[] {
  const listed = asRecords(json["text_prompts"]).map((prompt) => prompt["text"]);
  const tasks = Object.entries(json).filter(([name]) => name.endsWith("Params")).map(([, task]) =>
    asRecord(task)?.["text"]
  );
  return [json["prompt"], ...listed, ...tasks].map(asFilledText).filter((text) => text !== undefined);
}

function readPictures(json: JsonRecord): Partial<ModelResponse> {
  const pictures = asList(json["images"] ?? json["artifacts"]);
  const error = pictures.length > 0 ? undefined : readError(json);
  return compact<Partial<ModelResponse>>({ outputCount: pictures.length > 0 ? pictures.length : undefined, error });
}

/** Why no picture is given; beside pictures the same members say why there are fewer. */
function readError(json: JsonRecord): ModelError | undefined {
  const message = asFilledText(json["error"]) ??
    asList(json["finish_reasons"]).map(asFilledText).find((reason) => reason !== undefined);
  return message === undefined ? undefined : { message };
}
