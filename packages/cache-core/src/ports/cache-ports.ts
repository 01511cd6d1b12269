import type { CounterStore } from './counter-store.ts';
import type { FillLock } from './fill-lock.ts';
import type { HotKeyStore } from './hot-key-store.ts';
import type { InvalidationLog } from './invalidation-log.ts';
import type { SharedTier } from './shared-tier.ts';

/** The stores that a cache uses. `connectRedis` returns stores on Redis, `singleProcess` stores in the memory of one process. */
export interface CachePorts {
  /** Makes invalidations known to all processes. It must be durable: if it loses its data, every cached entry becomes a miss. */
  readonly log: InvalidationLog;
  /** The tier that processes share; null if the memory of each process is its only tier. */
  readonly shared: SharedTier | null;
  /** Limits loads of one key to one at a time over all processes. */
  readonly lock: FillLock;
  /** Sums the hits and misses of all processes. */
  readonly counters: CounterStore;
  /** Sums the demand of all processes, for warming. */
  readonly hotKeys: HotKeyStore;
  /** Closes all connections. `CacheManager.close` calls it. */
  close(): Promise<void>;
}
