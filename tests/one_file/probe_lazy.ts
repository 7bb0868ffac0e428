import { Buffer } from "node:buffer";

/** Gives a text that only a module with built-ins of its own can give, one imported at once and one when it is wanted. */
export async function answer(): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(Buffer.from("lazy")).digest("hex");
}
