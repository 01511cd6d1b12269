import { type Clock, systemClock } from '../model/clock.ts';
import type { CachePorts } from '../ports/cache-ports.ts';
import { ProcessCounters } from './process-counters.ts';
import { ProcessHotKeys } from './process-hot-keys.ts';
import { ProcessLock } from './process-lock.ts';
import { ProcessLog } from './process-log.ts';

/**
 * The ports of a cache in the memory of this process: for a service of one process, for tests, for first steps. No other
 * process is notified of an invalidation made here; several processes need ports that they share, such as those on Redis.
 *
 * @param clock the clock that the cache uses; defaults to the system's
 */
export function singleProcess(clock: Clock = systemClock): CachePorts & { readonly shared: null } {
  const log = new ProcessLog();
  return {
    log,
    shared: null,
    lock: new ProcessLock(clock),
    counters: new ProcessCounters(clock),
    hotKeys: new ProcessHotKeys(clock),
    close: async () => log.close(),
  };
}
