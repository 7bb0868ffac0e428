import { redactFuzz } from "../../tests/fuzz/redact.ts";
import { runFuzz, TEST_INPUTS } from "../../tests/support/fuzz.ts";

Deno.test("the redactor survives texts of any shape and shows no planted secret", () =>
  runFuzz(redactFuzz, TEST_INPUTS));
