/**
 * Flags of V8 in the shipped program, comma-separated.
 *
 * A pattern that backtracks without end is finished by the linear engine. The heap grows in steps of 60 % of its live size at most: a
 * sensor's live heap is 15 to 25 MB, and without it garbage of ten times that is left lying about. Steps of 100 % let 20,000 calls
 * peak 15 MB higher in the same CPU time; halves of 4 MB for the young generation save 8 MB more, for about 5 % more CPU.
 */
export const V8_FLAGS = [
  "--enable-experimental-regexp-engine-on-excessive-backtracks",
  "--heap-growing-percent=60",
  "--max-semi-space-size=8",
].join(",");
