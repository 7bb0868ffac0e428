import assert from "node:assert/strict";
import { readMoment } from "./moment.ts";

// Saturday, 15:00:30 on the clock of wherever this runs.
const NOW = new Date(2026, 10, 21, 15, 0, 30);

function local(text: string): string | undefined {
  const moment = readMoment(text, NOW);
  if (!("timeUs" in moment)) return undefined;
  const date = new Date(moment.timeUs / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

Deno.test("readMoment reads how long ago", () => {
  assert.equal(local("5m"), "2026-11-21 14:55:30");
  assert.equal(local("1h30m"), "2026-11-21 13:30:30");
  assert.equal(local("7d"), "2026-11-14 15:00:30");
  assert.equal(local("now"), "2026-11-21 15:00:30");
});

Deno.test("readMoment reads a time of today, today and yesterday on the local clock", () => {
  assert.equal(local("10:30"), "2026-11-21 10:30:00");
  assert.equal(local("9:05:07"), "2026-11-21 09:05:07");
  assert.equal(local("today"), "2026-11-21 00:00:00");
  assert.equal(local("Yesterday"), "2026-11-20 00:00:00");
});

Deno.test("readMoment reads dates; without a zone they are local, with one exact to the microsecond", () => {
  assert.equal(local("2026-11-20"), "2026-11-20 00:00:00");
  assert.equal(local("2026-11-20T08:00"), "2026-11-20 08:00:00");
  assert.equal(local("2026-11-20 08:00:05"), "2026-11-20 08:00:05");
  assert.deepEqual(readMoment("2026-11-20T08:00:00.000123Z", NOW), {
    timeUs: Date.UTC(2026, 10, 20, 8) * 1000 + 123,
  });
  assert.deepEqual(readMoment("2026-11-20T08:00:00+02:00", NOW), { timeUs: Date.UTC(2026, 10, 20, 6) * 1000 });
});

Deno.test("readMoment says what is wrong, and never guesses what a bare number means", () => {
  for (const text of ["", "30", "1795255200", "5 minutes", "tomorrow", "25:00", "10:61", "2026-02-30", "-5m", "x"]) {
    const moment = readMoment(text, NOW);
    assert.ok("problem" in moment, text);
  }
  const later = readMoment("23:00", NOW);
  assert.match("problem" in later ? later.problem : "", /still to come/);
});
