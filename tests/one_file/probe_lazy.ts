import { createHash } from "node:crypto";

/** Gives a text that only a module with a built-in of its own can give. */
export function answer(): string {
  return createHash("sha256").update("lazy").digest("hex");
}
