/**
 * What an incremental parser says about the bytes in front of it. Parsers never throw on input.
 *
 * `done`: a value and how many bytes it took; `needMore`: keep the bytes and call again; `skip`: drop bytes (resynchronise);
 * `invalid`: this is not the format, from `offset` on; `switch`: the rest belongs to another format (upgrade).
 */
export type ParseOutcome<T> =
  | { readonly type: "done"; readonly value: T; readonly consumed: number }
  | { readonly type: "needMore" }
  | { readonly type: "skip"; readonly bytes: number; readonly reason: string }
  | { readonly type: "invalid"; readonly reason: string; readonly offset: number }
  | { readonly type: "switch"; readonly to: string; readonly consumed: number };
