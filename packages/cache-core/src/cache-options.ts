import type { Clock } from './clock.ts';
import type { Duration } from './duration.ts';
import type { FillLock } from './engine/fill-lock.ts';
import type { HotKeyStore } from './hot-keys.ts';
import type { InvalidationLog } from './log/port.ts';
import type { CacheLogger } from './logger.ts';
import type { CounterStore } from './read-counters.ts';
import type { SharedTier } from './tiers/port.ts';

/** What the cache needs of the world outside. `@pilotlight/cache-core/redis` makes one on Redis. */
export interface CachePorts {
  readonly log: InvalidationLog;
  /** Null: this process's memory is the only tier. */
  readonly shared: SharedTier | null;
  readonly lock: FillLock;
  readonly counters: CounterStore;
  readonly hotKeys: HotKeyStore;
  close(): Promise<void>;
}

export interface CacheOptions {
  readonly ports: CachePorts;
  readonly logger?: CacheLogger;
  /** Names this process among the followers of the log. Default: random. */
  readonly id?: string;
  /** What the memory tier may take. Default 64 MiB. */
  readonly memoryBytes?: number;
  /** How long this process's knowledge of the log counts as current. The same in every process. Default 1 s. */
  readonly lease?: Duration;
  /** With the log out of reach: how old, at most, an answer is. Default 2 s. */
  readonly blindFresh?: Duration;
  /** How long a load waits for another process that loads the same key, before it loads too. Default 30 s. */
  readonly waitForFill?: Duration;
  /** Loads at a time in this process. Default 16. */
  readonly originConcurrency?: number;
  /** Loads that may wait for their turn; more are refused with `OriginOverloaded`. Default 1,000. */
  readonly originQueue?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}
