/** Addresses at which the outcome of accepted work can be read, as `PendingWork` names them. */
import type { PendingWork } from "../../model/model_call.ts";
import type { RequestHead, ResponseContext } from "./dialect.ts";
import { asFilledText } from "./json_access.ts";

const URL_PARTS = /^https?:\/\/([^/?#\s]+)([^?#\s]*)(\?[^#\s]*)?/i;

/** Longest address that is remembered, and longest URL that is read. */
const LONGEST = 2_048;

/** The address a URL in an answer names; undefined when the value is none. Ports that go without saying are left out. */
export function toAddress(url: unknown): string | undefined {
  const text = asFilledText(url);
  if (text === undefined || text.length > LONGEST) return undefined;
  const parts = URL_PARTS.exec(text);
  if (parts === null) return undefined;
  const host = (parts[1] ?? "").toLowerCase().replace(text.startsWith("https") ? /:443$/ : /:80$/, "");
  return host + (parts[2] || "/") + (parts[3] ?? "");
}

/** The address of another path (and query) on the host that was asked. */
export function onSameHost(head: RequestHead, target: string): string | undefined {
  return head.host === undefined ? undefined : head.host + target;
}

/**
 * Work that is under way. Undefined when the answer that took it on names no address, because then no later one can be told to belong
 * to it; those that follow need not name one again.
 */
export function toPendingWork(
  { earlier }: Pick<ResponseContext, "earlier">,
  ...addresses: readonly (string | undefined)[]
): PendingWork | undefined {
  const known = addresses.filter((address) => address !== undefined).filter(({ length }) => length <= LONGEST);
  return known.length === 0 && earlier === undefined ? undefined : { addresses: known };
}
