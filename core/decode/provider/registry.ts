import type { Provider } from "./provider.ts";
import rows from "./providers.json" with { type: "json" };

/** Every known vendor, in the order of the table. `registry_test.ts` checks every row against `Provider`. */
export const PROVIDERS: readonly Provider[] = rows as readonly Provider[];
