import type { HttpExchange } from "../model/http_exchange.ts";
import type { RawCapture } from "../model/raw_capture.ts";

/** Sees what live decode sees, to write a recording; implemented by `core/pipeline/recording_tap.ts`. */
export interface Recorder {
  /** A fact, after the decoder took it. Its bytes are valid during the call only. */
  raw(fact: RawCapture): void;
  /** What the decoder thinks of an exchange; during `raw`, before it returns. */
  classified(exchange: HttpExchange, classification: string): void;
  /** The source ended: writes the rest. */
  close(): Promise<void>;
}
