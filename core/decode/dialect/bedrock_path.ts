/** Model, operation and region that a Bedrock runtime request names outside its body. */
export interface BedrockPath {
  /** Model id, inference profile id or ARN, percent-decoded. */
  readonly model: string;
  readonly operation: "converse" | "converse-stream" | "invoke" | "invoke-with-response-stream" | "count-tokens";
}

const PATH = /\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$/;

/**
 * Reads `/model/{modelId}/{operation}`; undefined for other paths.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html (read 2026-11-21)
 */
export function parseBedrockPath(path: string): BedrockPath | undefined {
  const match = PATH.exec(path);
  if (match?.[1] === undefined) return undefined;
  let model = match[1];
  try {
    model = decodeURIComponent(model);
  } catch {
    // Not percent-encoding: the text itself is the best name there is.
  }
  return { model, operation: match[2] as BedrockPath["operation"] };
}
