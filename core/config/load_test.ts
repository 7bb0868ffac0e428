import assert from "node:assert/strict";
import { FindingError } from "../model/finding.ts";
import { readConfigFile } from "./file.ts";
import { type Config, type ConfigRequest, loadConfig } from "./load.ts";

function load(text: string, more: Partial<ConfigRequest> = {}): Config {
  const path = Deno.makeTempFileSync({ suffix: ".toml" });
  try {
    Deno.writeTextFileSync(path, text);
    return loadConfig({ flagFile: path, env: () => undefined, isRoot: false, flags: [], ...more });
  } finally {
    Deno.removeSync(path);
  }
}

function findings(text: string, more: Partial<ConfigRequest> = {}): string[] {
  try {
    load(text, more);
    return [];
  } catch (error) {
    assert.ok(error instanceof FindingError);
    assert.equal(error.exitCode, 78);
    return error.findings.map((finding) => `${finding.position?.line}:${finding.position?.column} ${finding.code}`);
  }
}

function originOf(config: Config, path: string): string | undefined {
  return config.values.find((value) => value.path === path)?.origin.replace(/^.*\.toml/, "FILE");
}

const env = (values: Record<string, string>) => ({ env: (name: string) => values[name] });

Deno.test("loadConfig gives defaults where nothing is set", () => {
  const config = load("");
  assert.equal(config.redaction.mode, "safe");
  assert.deepEqual(config.capture.pids, []);
  assert.deepEqual(config.exports, []);
  assert.deepEqual(config.findings, []);
  assert.equal(originOf(config, "redaction.mode"), "default");
});

Deno.test("a flag wins over a variable, a variable over the file, the file over the default", () => {
  const text = '[redaction]\nmode = "minimal"\n';
  const flags = [{ path: "redaction.mode", value: "full", origin: "--redaction" }];
  const variable = env({ OISP_REDACTION_MODE: "masked" });
  assert.equal(originOf(load(text), "redaction.mode"), "FILE:2:1");
  assert.equal(load(text, variable).redaction.mode, "masked");
  assert.equal(originOf(load(text, variable), "redaction.mode"), "OISP_REDACTION_MODE");
  assert.equal(load(text, { ...variable, flags }).redaction.mode, "full");
  assert.equal(originOf(load(text, { ...variable, flags }), "redaction.mode"), "--redaction");
});

Deno.test("variables of keys are read by the type of the key", () => {
  const config = load(
    "",
    env({ OISP_CAPTURE_RING_KB: "256", OISP_CAPTURE_SERVER_SIDE: "1", OISP_CAPTURE_EXES: "a,b" }),
  );
  assert.equal(config.capture.ring_kb, 256);
  assert.equal(config.capture.server_side, true);
  assert.deepEqual(config.capture.exes, ["a", "b"]);
  assert.deepEqual(findings("", env({ OISP_CAPTURE_RING_KB: "much" })), ["undefined:undefined OISP-CFG-008"]);
});

Deno.test("variables that a container platform sets for a service called oisp-web change nothing", () => {
  assert.deepEqual(
    findings("", env({ OISP_WEB_PORT: "tcp://10.0.0.1:7777", OISP_EXPORT_WEBSOCKET_PORT: "tcp://x" })),
    [],
  );
});

Deno.test("placeholders are replaced in values of texts only, after parsing", () => {
  const variable = env({ NAME: 'x"\n[redaction]\nmode="full"', EMPTY: "" });
  assert.equal(load('[sensor]\nname = "a-${NAME}"\n', variable).sensor.name, 'a-x"\n[redaction]\nmode="full"');
  assert.equal(load('[sensor]\nname = "a-${EMPTY:-b}"\n', variable).sensor.name, "a-b");
  assert.equal(load('[sensor]\nname = "$${NAME}"\n', variable).sensor.name, "${NAME}");
  assert.deepEqual(findings('[sensor]\nname = "${NONE}"\n', variable), ["2:8 OISP-CFG-004"]);
  assert.deepEqual(findings('[sensor]\nname = "${"\n', variable), ["2:8 OISP-CFG-004"]);
  assert.deepEqual(findings('"${NAME}" = 1\n', variable), ["1:1 OISP-CFG-002"]);
  assert.deepEqual(findings("[capture]\nring_kb = ${NAME}\n", variable), ["2:11 OISP-CFG-001"]);
});

Deno.test("a destination that is written down and not switched on is named in a warning", () => {
  assert.deepEqual(load('[export.jsonl]\npath = "a"\n').findings.map((finding) => finding.code), ["OISP-CFG-011"]);
  assert.deepEqual(load('[export.jsonl]\nenabled = false\npath = "a"\n').findings, []);
});

Deno.test("an array of tables gives several destinations", () => {
  const config = load('[[export.jsonl]]\npath = "a"\nenabled = true\n[[export.jsonl]]\npath = "b"\nenabled = false\n');
  assert.deepEqual(config.exports.map((entry) => [entry.id, entry.options.path, entry.isEnabled]), [
    ["jsonl", "a", true],
    ["jsonl", "b", false],
  ]);
  assert.deepEqual(findings("[[sensor]]\n"), ["1:3 OISP-CFG-003"]);
});

Deno.test("a multi-line inline table is TOML 1.1", () => {
  const text = '[export.otlp]\nheaders = {\n  "x-node" = "${NODE}",\n  "x-cluster" = "production"\n}\n';
  assert.deepEqual(load(text, env({ NODE: "n" })).findings.map((finding) => finding.code), ["OISP-CFG-007"]);
  assert.deepEqual(findings(text), ["1:9 OISP-CFG-007", "3:14 OISP-CFG-004"]);
});

Deno.test("a message never quotes a text that may be a secret", () => {
  try {
    load('[redaction]\nhash_key = ["hunter2"]\n[export.webhook]\nurl = 7\nheaders = "Bearer hunter2"\n');
    assert.fail("accepted");
  } catch (error) {
    assert.ok(error instanceof FindingError);
    assert.doesNotMatch(JSON.stringify(error.findings), /hunter2/);
  }
});

Deno.test("a root sensor refuses a file that others can write or own", () => {
  const path = Deno.makeTempFileSync();
  try {
    const request = { flagFile: path, env: () => undefined, isRoot: true, flags: [] };
    Deno.chmodSync(path, 0o602);
    assert.throws(() => loadConfig(request), /OISP-CFG-006/);
    Deno.chmodSync(path, 0o600);
    const owner = Deno.statSync(path).uid ?? 0;
    loadConfig({ ...request, callerUid: owner });
    if (owner !== 0) assert.throws(() => loadConfig(request), /OISP-CFG-006/);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("under sudo a file that is named has to be one that the caller can read", () => {
  const path = Deno.makeTempFileSync();
  try {
    const owner = Deno.statSync(path).uid ?? 0;
    const request = { flagFile: path, env: () => undefined, isRoot: true, flags: [], callerUid: owner + 1 };
    Deno.chmodSync(path, 0o600);
    assert.throws(() => loadConfig(request), /OISP-CFG-005/);
    Deno.chmodSync(path, 0o604);
    if (owner === 0) loadConfig(request);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("the search order has the user's file first, never under root, and nothing of the working directory", async () => {
  const { listConfigPaths } = await import("./file.ts");
  const base = env({ HOME: "/home/a" });
  assert.deepEqual(listConfigPaths({ ...base, isRoot: false }), [
    "/home/a/.config/oisp/config.toml",
    "/etc/oisp/config.toml",
  ]);
  assert.deepEqual(listConfigPaths({ ...base, isRoot: true }), ["/etc/oisp/config.toml"]);
  assert.deepEqual(listConfigPaths({ ...env({ XDG_CONFIG_HOME: "x" }), isRoot: false }), ["/etc/oisp/config.toml"]);
  assert.deepEqual(listConfigPaths({ ...env({ OISP_CONFIG: "y" }), isRoot: false }), ["y"]);
  assert.deepEqual(listConfigPaths({ ...env({ OISP_CONFIG: "y" }), isRoot: false, flagFile: "z" }), ["z"]);
});

Deno.test("a HOME that is no folder has no configuration, and one that was asked for there is an error", () => {
  const inNothing = { env: (name: string) => name === "HOME" ? "/dev/null" : undefined, isRoot: false };
  assert.equal(readConfigFile(inNothing), undefined);
  const asked = readConfigFile({ ...inNothing, flagFile: "/dev/null/config.toml" });
  assert.ok(asked !== undefined && "code" in asked && asked.code === "OISP-CFG-005");
});
