/** A checked value of a flag. */
export type FlagValue = string | number | boolean | readonly string[] | readonly number[];

/** The flags of one call: given on the command line, else from the environment. Absent flags are undefined or false. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, FlagValue>;
  readonly #origins: ReadonlyMap<string, string>;

  /** Wraps checked values; `origins` says for each where it came from (`--name` or a variable's name). */
  constructor(values: ReadonlyMap<string, FlagValue>, origins: ReadonlyMap<string, string>) {
    this.#values = values;
    this.#origins = origins;
  }

  /** True when a switch is on. */
  isOn(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** True when the flag was given, on the command line or in the environment. */
  isGiven(name: string): boolean {
    return this.#origins.has(name);
  }

  /** Where the value came from: `--output` or `OISP_OUTPUT`; undefined when not given. */
  origin(name: string): string | undefined {
    return this.#origins.get(name);
  }

  /** Text value. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Whole number (counts), milliseconds (durations), or microseconds since 1970 (moments). */
  number(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === "number" ? value : undefined;
  }

  /** Text values of a repeatable flag, in order. */
  texts(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** Numbers of a repeatable flag, in order. */
  numbers(name: string): readonly number[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value.map(Number) : [];
  }
}
