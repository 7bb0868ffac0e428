/** From an expression to a test of events; names and values are checked here, once. */
import { findNearest } from "../model/nearest.ts";
import type { Comparison, Expression, Operator, Problem, Word } from "./expression.ts";
import { type Field, findField, findNearestField, listFieldsOf } from "./fields.ts";
import { hasText, hasValue, type ValueTest } from "./find_values.ts";
import { createGlob } from "./glob.ts";
import { describeNumber, readNumber, toNumber } from "./read_value.ts";

/** True for events that match. */
export type EventTest = (event: object) => boolean;

const NEVER: ValueTest = () => false;
const FIELD_LIST = "oisp help filter   lists the fields";

/** Makes the test of an expression. Every name and value that does not fit is added to `problems`; then the test is of no use. */
export function compile(expression: Expression, problems: Problem[]): EventTest {
  switch (expression.kind) {
    case "and": {
      const tests = expression.parts.map((part) => compile(part, problems));
      return (event) => tests.every((test) => test(event));
    }
    case "or": {
      const tests = expression.parts.map((part) => compile(part, problems));
      return (event) => tests.some((test) => test(event));
    }
    case "not": {
      const test = compile(expression.part, problems);
      return (event) => !test(event);
    }
    case "text": {
      const holds = contains(expression.word.text);
      return (event) => hasText(event, holds);
    }
    case "compare":
      return compileComparison(expression, problems);
  }
}

function contains(text: string): (value: string) => boolean {
  const needle = text.toLowerCase();
  return (value) => value.toLowerCase().includes(needle);
}

function compileComparison(comparison: Comparison, problems: Problem[]): EventTest {
  const field = findField(comparison.field.text);
  if (field === undefined) {
    problems.push(explainUnknownField(comparison.field));
    return NEVER;
  }
  const { operator } = comparison;
  const tests = comparison.values.map((value) => createTest(comparison, field, value, problems));
  const passes: ValueTest = (value) => tests.some((test) => test(value));
  const isFound = (event: object, test: ValueTest) => field.paths.some((path) => hasValue(event, path, test));
  if (operator !== "!=" && operator !== "!~") return (event) => isFound(event, passes);
  // An event without the field is neither equal nor different.
  return (event) => isFound(event, () => true) && !isFound(event, passes);
}

function explainUnknownField(word: Word): Problem {
  const nearest = findNearestField(word.text);
  return {
    code: "OISP-FLT-002",
    at: word.at,
    what: `there is no field "${word.text}"`,
    fix: nearest === undefined ? FIELD_LIST : `${nearest}   (${FIELD_LIST})`,
  };
}

type TestMaker = (field: Field, value: Word, problems: Problem[], comparison: Comparison) => ValueTest;

const TEST_MAKERS: Readonly<Record<Operator, TestMaker>> = {
  "=": createEquals,
  "!=": createEquals,
  "~": createContains,
  "!~": createContains,
  ">": relation((a, b) => a > b),
  ">=": relation((a, b) => a >= b),
  "<": relation((a, b) => a < b),
  "<=": relation((a, b) => a <= b),
};

function createTest(comparison: Comparison, field: Field, value: Word, problems: Problem[]): ValueTest {
  return TEST_MAKERS[comparison.operator](field, value, problems, comparison);
}

function createContains(_: Field, value: Word): ValueTest {
  const holds = contains(value.text);
  return (found) => typeof found === "object" ? hasText(found, holds) : holds(String(found));
}

function relation(holds: (a: number, b: number) => boolean): TestMaker {
  return (field, value, problems, { operator, field: { text: name } }) => {
    const { unit, kinds } = field;
    if (unit !== "time" && !kinds.has("number") && !kinds.has("any")) {
      const what = `"${name}" holds no numbers, and ${operator} compares numbers`;
      problems.push(misfit(value, what, `${name}=VALUE, or ${name}~TEXT for a part of it`));
      return NEVER;
    }
    const limit = readNumber(value.text, unit);
    if (limit === undefined) {
      problems.push(misfit(value, `"${value.text}" is no value of "${name}"`, describeNumber(unit)));
      return NEVER;
    }
    return (found) => {
      const number = toNumber(found, unit);
      return number !== undefined && holds(number, limit);
    };
  };
}

function createEquals(
  field: Field,
  value: Word,
  problems: Problem[],
  { field: { text: name } }: Comparison,
): ValueTest {
  if (!value.isQuoted && value.text === "*") return () => true;
  const isPattern = !value.isQuoted && value.text.includes("*");
  const { kinds, unit } = field;
  if (kinds.has("text") || kinds.has("any")) return matchesText(value, isPattern);
  if (kinds.has("choice")) return createChoice(field, value, isPattern, problems, name);
  if (isPattern && !kinds.has("object")) return matchesText(value, true);
  const wanted = kinds.has("number") ? readNumber(value.text, unit) : readBoolean(value.text);
  if (wanted !== undefined && (kinds.has("number") || kinds.has("boolean"))) return (found) => found === wanted;
  problems.push(explainMisfit(field, value, name));
  return NEVER;
}

function readBoolean(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

function explainMisfit(field: Field, value: Word, name: string): Problem {
  const what = `"${value.text}" is no value of "${name}"`;
  if (field.kinds.has("number")) return misfit(value, what, describeNumber(field.unit));
  if (field.kinds.has("boolean")) return misfit(value, what, "true or false");
  const inner = listFieldsOf(field).slice(0, 3).join(", ");
  return misfit(
    value,
    `"${name}" is an object`,
    `name a field of it, for example ${inner}; ${name}:* finds events that have it`,
  );
}

function matchesText(value: Word, isPattern: boolean): ValueTest {
  const matches = isPattern ? createGlob(value.text) : undefined;
  const text = value.text.toLowerCase();
  return (found) => {
    if (typeof found === "object") return false;
    const shown = String(found);
    return matches === undefined ? shown.toLowerCase() === text : matches(shown);
  };
}

/** A word that no event can have would wait for ever. */
function createChoice(field: Field, value: Word, isPattern: boolean, problems: Problem[], name: string): ValueTest {
  const test = matchesText(value, isPattern);
  if (field.choices.some(test)) return test;
  const nearest = isPattern ? undefined : findNearest(value.text, field.choices);
  const list = `one of: ${field.choices.join(", ")}`;
  const what = isPattern ? `no value of "${name}" matches "${value.text}"` : `"${value.text}" is no value of "${name}"`;
  problems.push(misfit(value, what, nearest === undefined ? list : `${nearest}   (${list})`));
  return NEVER;
}

function misfit(value: Word, what: string, fix: string): Problem {
  return { code: "OISP-FLT-003", at: value.at, what, fix };
}
