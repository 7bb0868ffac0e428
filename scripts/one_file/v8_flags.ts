/**
 * Flags of V8 in the shipped program, comma-separated.
 *
 * A pattern that backtracks without end is finished by the linear engine. The heap grows in steps of its live size at most: a
 * sensor's live heap is 15 to 25 MB, and without it garbage of ten times that is left lying about (260 MB instead of 175 MB at
 * 20,000 calls, for about 8 % more CPU).
 */
export const V8_FLAGS = [
  "--enable-experimental-regexp-engine-on-excessive-backtracks",
  "--heap-growing-percent=100",
  "--max-semi-space-size=8",
].join(",");
