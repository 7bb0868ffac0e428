import assert from "node:assert/strict";
import { draft, enrich } from "./enrich_testing.ts";

Deno.test("a browser page is named by its origin, without query and fragment", () => {
  const { event } = enrich(draft({ origin: "https://chatgpt.com", referer: "https://chatgpt.com/c/abc?token=1#x" }));
  assert.deepEqual(event.web, {
    origin: "https://chatgpt.com",
    referer: "https://chatgpt.com/c/abc",
    web_app_type: "direct",
    web_app_id: "chatgpt-web",
    web_app_name: "ChatGPT",
  });
  const other = enrich(draft({ origin: "https://shop.example.com" })).event;
  assert.deepEqual(other.web, { origin: "https://shop.example.com", web_app_type: "embedded" });
  assert.equal(enrich(draft({ origin: "null", referer: "not a url" })).event.web, undefined);
});
