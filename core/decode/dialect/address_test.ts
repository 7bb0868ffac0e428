import assert from "node:assert/strict";
import { Random } from "../../../tests/support/random.ts";
import { onSameHost, toAddress, toPendingWork } from "./address.ts";

Deno.test("an address is host and path, with the query and a port that matters", () => {
  assert.equal(toAddress("https://API.example.com/v1/x?id=1#top"), "api.example.com/v1/x?id=1");
  assert.equal(toAddress("https://h:443/a"), "h/a");
  assert.equal(toAddress("http://h:443/a"), "h:443/a");
  assert.equal(toAddress("http://h:80"), "h/");
  for (const none of [undefined, null, "", 7, "ftp://h/a", "/v1/x", `https://h/${"x".repeat(3000)}`]) {
    assert.equal(toAddress(none), undefined);
  }
});

Deno.test("work without an address cannot be recognised again", () => {
  const head = { method: "POST", path: "/", query: "", headers: new Map<string, string>() };
  assert.equal(onSameHost(head, "/a"), undefined);
  assert.equal(onSameHost({ ...head, host: "h" }, "/a"), "h/a");
  assert.equal(toPendingWork({}, undefined), undefined);
  assert.equal(toPendingWork({}, "h/".padEnd(3000, "x")), undefined, "a number may be of any length");
  assert.deepEqual(toPendingWork({}, undefined, "h/a"), { addresses: ["h/a"] });
  assert.deepEqual(toPendingWork({ earlier: { choices: [] } }, undefined), { addresses: [] });
});

Deno.test("no text throws or gives an address with blanks", () => {
  const random = new Random(7);
  for (let round = 0; round < 2000; round++) {
    const text = Array.from(
      { length: random.below(30) },
      () => random.pick(["http", "s", "://", "/", "?", "#", ":", " ", "h", "é", "\n"]),
    );
    assert.doesNotMatch(toAddress(text.join("")) ?? "", /\s/);
  }
});
