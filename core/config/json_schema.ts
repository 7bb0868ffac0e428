import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { type ConfigSection, listKeys } from "./section.ts";
import { listSections } from "./sections.ts";

type JsonObject = { [key: string]: unknown };

/** A secret may be given as a file; the plain key is then absent, so it can never be required. */
function toSectionSchema(section: ConfigSection): JsonObject {
  const keys = listKeys(section.schema);
  const properties: JsonObject = {};
  for (const facts of keys) {
    properties[facts.name] = {
      ...withoutDialect(toJsonSchema(facts.schema, { errorMode: "ignore", ignoreActions: ["metadata"] })),
      description: facts.description,
    };
    if (facts.isSecret === true) {
      properties[`${facts.name}_file`] = { type: "string", description: `path of a file with ${facts.name}` };
    }
  }
  const required = keys.filter((facts) => !facts.isOptional && facts.isSecret !== true).map((facts) => facts.name);
  const table = { type: "object", description: section.summary, properties, required, additionalProperties: false };
  return section.isRepeatable === true ? { anyOf: [table, { type: "array", items: table }] } : table;
}

function withoutDialect(schema: object): JsonObject {
  const { $schema: _, ...rest } = schema as JsonObject & { $schema?: unknown };
  return rest;
}

function setPath(root: JsonObject, path: readonly string[], schema: JsonObject): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    root[name] = schema;
    return;
  }
  const known = v.safeParse(v.looseObject({ properties: v.record(v.string(), v.unknown()) }), root[name]);
  const properties: JsonObject = known.success ? known.output.properties : {};
  root[name] = { type: "object", properties, additionalProperties: false };
  setPath(properties, rest, schema);
}

/** Gives the JSON Schema (2020-12) of the configuration file, made from the sections' schemas. */
export function toConfigJsonSchema(): JsonObject {
  const properties: JsonObject = {};
  for (const section of listSections()) {
    if (section.path === "") Object.assign(properties, toSectionSchema(section).properties);
    else setPath(properties, section.path.split("."), toSectionSchema(section));
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "oisp configuration",
    type: "object",
    properties,
    additionalProperties: false,
  };
}
