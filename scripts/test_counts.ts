/** How many tests ran and how they ended. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** One line a skipped test: its name and why. */
  readonly skipped: readonly string[];
}

/** Adds counts up. */
export function addCounts(all: readonly TestCounts[]): TestCounts {
  return {
    passed: all.reduce((sum, counts) => sum + counts.passed, 0),
    failed: all.reduce((sum, counts) => sum + counts.failed, 0),
    skipped: all.flatMap((counts) => counts.skipped),
  };
}

/** Renders the last line of `task test` and `.ci/run`. */
export function renderCounts(counts: TestCounts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`;
}

/**
 * Reads the JUnit file of `deno test`. `reasons` are the lines that skipped tests wrote (`name<TAB>why`); a skipped test
 * without one counts as failed, because nobody would ever know why it does not run.
 */
export function parseJunit(xml: string, reasons: ReadonlyMap<string, string>): TestCounts {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (const match of xml.matchAll(/<testcase name="([^"]*)"[^>]*?(\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const name = unescapeXml(match[1] ?? "");
    const body = match[3] ?? "";
    const reason = reasons.get(name);
    if (/<failure/.test(body)) failed++;
    else if (!/<skipped/.test(body)) passed++;
    else if (reason !== undefined) skipped.push(`${name}: ${reason}`);
    else failed++;
  }
  return { passed, failed, skipped };
}

/**
 * Reads what `cargo test -- --nocapture` prints. A Rust test that cannot run here prints a line `skipped: name: why` and
 * returns; it is then counted as skipped, not as passed.
 */
export function parseCargo(output: string): TestCounts {
  let passed = 0;
  let failed = 0;
  for (const match of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)) {
    passed += Number(match[1]);
    failed += Number(match[2]);
  }
  const skipped = [...output.matchAll(/\bskipped: (.+)$/gm)].map((match) => match[1] ?? "");
  const lines = [...new Set(skipped)];
  const tests = new Set(lines.map((line) => line.slice(0, line.indexOf(": "))));
  return { passed: passed - tests.size, failed, skipped: lines };
}

function unescapeXml(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
