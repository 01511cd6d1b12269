import type { MemoryLog } from './memory-log.ts';

/** Holds all renewals of the log back until they are released. */
export function holdRenewals(log: MemoryLog): { release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const renew = log.renew.bind(log);
  log.renew = async (follower) => {
    await promise;
    return renew(follower);
  };
  return { release: resolve };
}
