/** Bodies that are not text a dialect reads: images, audio, archives, pages. Nothing of them is kept. */
import type { BodyFormat } from "./body_format.ts";

/** Anything no other format claims. */
export const binary: BodyFormat = {
  id: "binary",
  summary: "bodies whose bytes are counted and not kept",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc9110#section-8.3",
  sniff: () => 0.01,
  createParser: (sink) => ({ push() {}, gap: () => sink.problem("gap"), end() {}, heldBytes: 0 }),
};
