import type { Invocation } from "../command.ts";
import { ExitCode } from "../exit_codes.ts";

async function createSchema(what: string): Promise<object> {
  if (what === "config") return (await import("../../core/config/json_schema.ts")).toConfigJsonSchema();
  const [{ toJsonSchema }, { OispEventSchema }] = await Promise.all([
    import("@valibot/to-json-schema"),
    import("../../core/model/event_schema.ts"),
  ]);
  const schema = toJsonSchema(OispEventSchema, { target: "draft-2020-12" });
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "oisp event", ...schema };
}

/** Prints the JSON Schema of events or of the configuration on stdout. */
export async function run({ args, io }: Invocation): Promise<number> {
  io.stdout.writeSync(JSON.stringify(await createSchema(args[0] ?? "events"), null, 2) + "\n");
  return ExitCode.ok;
}
