/** Region words inside vendors' host names. */
const PATTERNS: readonly RegExp[] = [
  /^bedrock-(?:runtime|runtime-fips|mantle|agent-runtime|agentcore)\.([a-z]{2}(?:-[a-z]+)+-\d+)\./,
  /^([a-z]+(?:-[a-z]+)*\d+)-aiplatform\.googleapis\.com/,
  /^aiplatform\.([a-z]+(?:-[a-z]+)*\d*)\.rep\.googleapis\.com/,
];

/** Gives the vendor's region a host names, for example `us-east-1`; undefined when it names none. */
export function findRegion(host: string): string | undefined {
  for (const pattern of PATTERNS) {
    const region = pattern.exec(host)?.[1];
    if (region !== undefined) return region;
  }
  return undefined;
}
