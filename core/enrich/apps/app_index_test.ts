import assert from "node:assert/strict";
import { APP_CATEGORIES } from "./app_row.ts";
import { APPS, getAppIndex } from "./app_index.ts";

const KEYS = new Set([
  "id",
  "name",
  "category",
  "tier",
  "vendor",
  "of",
  "headers",
  "userAgents",
  "executables",
  "commandLines",
  "npmPackages",
  "pythonModules",
  "evidence",
]);

Deno.test("every application of the list has an id of its own, a name, a known kind and tier", () => {
  assert.equal(APPS.length, 218);
  const ids = new Set(APPS.map((app) => app.id));
  assert.equal(ids.size, APPS.length);
  for (const app of APPS) {
    assert.match(app.id, /^[a-z0-9][a-z0-9-]*$/);
    assert.ok(app.name.length > 0 && app.evidence.length > 0, app.id);
    assert.ok(APP_CATEGORIES.includes(app.category), app.id);
    assert.ok(app.tier === "identified" || app.tier === "profiled", app.id);
    assert.ok(app.of === undefined || ids.has(app.of), app.id);
    for (const key of Object.keys(app)) assert.ok(KEYS.has(key), `${app.id}: ${key}`);
  }
});

Deno.test("every pattern of the list compiles, and header names are lower case", () => {
  const index = getAppIndex();
  assert.ok(index.userAgents.length > 100 && index.executables.length > 100);
  for (const name of index.byHeader.keys()) assert.equal(name, name.toLowerCase());
});

Deno.test("no pattern takes an empty user agent or an unremarkable program for an application", () => {
  const index = getAppIndex();
  for (const text of ["", "my-program/1.0", "/usr/bin/my-program"]) {
    for (const { pattern, app } of [...index.userAgents, ...index.executables, ...index.commandLines]) {
      assert.ok(!pattern.test(text), `${app.id} takes "${text}"`);
    }
  }
});
