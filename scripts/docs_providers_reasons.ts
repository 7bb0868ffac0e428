/** Why some formats are recognised only, or read in part. A format that is decoded has no line in the first two lists; a test says so. */

const NO_DOCUMENTATION = "no public documentation of its format was found";

/** Formats that rows of the provider table name and no dialect reads. */
export const UNREAD_FORMATS: Readonly<Record<string, string>> = {
  anthropic_sessions: "managed agents: sessions on the vendor's machines, documented, not read yet",
  grpc: "GitLab's Duo Workflow: a workflow that GitLab's service runs and asks its models for; not read yet",
  codeium_connect: "Connect and protobuf without a public schema",
  vllm: "paths that generate nothing: tokens, pooling, scores",
  web_app:
    "what a web application's own page sends, which changes without notice; where the vendor has an API beside it, not read yet",
};

/** Vendors without any format of their own in the table. */
export const UNREAD_PROVIDERS: Readonly<Record<string, string>> = {
  "azure-api-management": "no format of its own: what stands behind it is decoded by path and body, as on any host",
  augment: NO_DOCUMENTATION,
  tabnine: NO_DOCUMENTATION,
  trae: NO_DOCUMENTATION,
  "replit-ai": "its Model Farm has documented clients, not read yet",
  devin: "its API starts and reads sessions of an agent, documented, not read yet",
  qodo: NO_DOCUMENTATION,
  supermaven: NO_DOCUMENTATION,
  qoder: "not documented by its vendor, known from open proxies only, not read yet",
  commandcode: "not documented by its vendor, known from open proxies only (JSON lines), not read yet",
  openclaw:
    "the gateway's own WebSocket protocol is documented, not read yet; paths in OpenAI's formats are read, as on any host",
};

/** Formats that are decoded, and what of them is not. */
export const PARTLY_READ_FORMATS: Readonly<Record<string, string>> = {
  amazon_q: "inline completions and the operations that ask no model",
  clarifai: "gRPC; streams of its own format",
  fal: "inputs and outputs of single models beside prompt, text and files; WebSockets",
  image_vendor: "errors that Kling tells with status 200",
  jetbrains: "vectors, which are CBOR; completions that edit files",
  manus: "steps and tools of a task (`verbose`), attachments, confirmations",
  nlpcloud: "streamed answers, which are not documented",
  runpod_job: "inputs and outputs of workers other than the documented one for vLLM, beside prompt and text",
  warp: "contents of files, documents and attachments; inputs that the app makes itself",
  zed: "the WebSocket of a thread (`/completions/session`)",
};
