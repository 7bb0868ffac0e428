import { cacheFolder } from "./paths.ts";
import { say } from "./say.ts";

/**
 * Runs `work` while no other process of any clone runs under the same name. The kernel drops the lock when its holder dies.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const path = `${await cacheFolder("locks")}/${name}`;
  const file = await Deno.open(path, { create: true, write: true, read: true });
  try {
    if (!file.tryLockSync(true)) {
      say(`another set-up is working on "${name}": waiting for it`);
      await file.lock(true);
    }
    return await work();
  } finally {
    file.close();
  }
}
