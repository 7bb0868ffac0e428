const ENGINE = /\/engines\/([^/]+)\//;

/**
 * Gives the model that an older path names, such as `/v1/engines/ada/completions`; undefined for other paths. Such bodies name none.
 *
 * @see https://platform.openai.com/docs/deprecations (read 2026-11-21)
 */
export function findEngine(path: string): string | undefined {
  const engine = ENGINE.exec(path)?.[1];
  if (engine === undefined) return undefined;
  try {
    return decodeURIComponent(engine);
  } catch {
    return engine;
  }
}
