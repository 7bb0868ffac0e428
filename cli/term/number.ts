/** Gives a whole number with thousands separators, for terminals. */
export function renderCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Gives a duration for a person: `740 ms`, `1.4 s`, `2 min 5 s`. */
export function renderDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Gives a cost for a person: `$0.0123`; `?` when unknown. */
export function renderCost(costUsd: number | undefined): string {
  if (costUsd === undefined) return "?";
  if (costUsd === 0) return "$0";
  return costUsd >= 1 ? `$${costUsd.toFixed(2)}` : `$${Number(costUsd.toPrecision(3))}`;
}

/** Gives a number of bytes for a person: `512 B`, `1.5 MB`. */
export function renderBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}
