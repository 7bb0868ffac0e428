import assert from "node:assert/strict";
import { context, draft, enrich } from "./enrich_testing.ts";

Deno.test("host adds the machine, as one object for all events", () => {
  const story = context();
  const one = enrich(draft({}), story).event;
  const two = enrich(draft({}), story).event;
  assert.deepEqual(one.host, { hostname: "box", os: "linux", arch: "x86_64" });
  assert.equal(one.host, two.host);
  assert.ok(Object.isFrozen(one.host));
});

Deno.test("host adds nothing where nothing is known of the machine", () => {
  const { event } = enrich(draft({}), { ...context(), host: {} });
  assert.equal("host" in event, false);
});
