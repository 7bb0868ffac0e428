import assert from "node:assert/strict";
import { CONNECTION_FORMATS } from "./registry.ts";

Deno.test("connection formats have unique ids, a specification, and no two claim one upgrade", () => {
  const ids = CONNECTION_FORMATS.map((format) => format.id);
  assert.equal(new Set(ids).size, ids.length);
  const tokens = CONNECTION_FORMATS.flatMap((format) => format.upgradeTokens ?? []);
  assert.equal(new Set(tokens).size, tokens.length);
  for (const { id, specUrl, upgradeTokens, createUpgraded } of CONNECTION_FORMATS) {
    assert.match(specUrl, /^https:/, id);
    assert.equal(upgradeTokens === undefined, createUpgraded === undefined, id);
  }
});

Deno.test("connection formats never claim one another's beginning", () => {
  const encoder = new TextEncoder();
  const beginnings = [
    "POST / HTTP/1.1\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02",
    "SSH-2.0-x\r\n",
    "*1\r\n$4\r\nPING",
  ];
  const claims = beginnings.map((text) =>
    CONNECTION_FORMATS.filter((format) => (format.sniff(encoder.encode(text)) ?? 0) >= 0.5).map((format) => format.id)
      .join()
  );
  assert.deepEqual(claims, ["http1", "http2", "", "", ""]);
});
