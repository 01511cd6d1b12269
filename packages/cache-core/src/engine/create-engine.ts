import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import { Follower } from '../log/follower.ts';
import { Invalidator } from '../log/invalidator.ts';
import type { InvalidationLog } from '../log/port.ts';
import type { CacheLogger } from '../logger.ts';
import { MemoryTier } from '../tiers/memory-tier.ts';
import type { SharedTier } from '../tiers/port.ts';
import type { FillLock } from './fill-lock.ts';
import { Filler } from './filler.ts';
import { Flights } from './flight.ts';
import { Loader } from './load.ts';
import { Lookup } from './lookup.ts';
import { Reader } from './reader.ts';
import { Warmer } from './warmer.ts';

export interface EngineOptions {
  readonly id: string;
  readonly log: InvalidationLog;
  readonly shared: SharedTier | null;
  readonly lock: FillLock;
  readonly clock: Clock;
  readonly random: () => number;
  readonly background: Background;
  readonly logger: CacheLogger;
  readonly memoryBytes: number;
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  readonly blindFreshMs: number;
  readonly waitForFillMs: number;
  readonly originConcurrency: number;
  readonly originQueue: number;
}

/** One process's engine: no I/O of its own, everything outside it is a port. */
export interface CacheEngine {
  readonly follower: Follower;
  readonly memory: MemoryTier;
  readonly lookup: Lookup;
  readonly flights: Flights;
  readonly loader: Loader;
  readonly reader: Reader;
  readonly warmer: Warmer;
  readonly invalidator: Invalidator;
}

export function createEngine(options: EngineOptions): CacheEngine {
  const { clock, logger } = options;
  const onReach = (reachable: boolean) => {
    if (reachable) logger.info('Connected to the invalidation log');
    else
      logger.warn(
        `the invalidation log is out of reach: serving only what was loaded in the last ${options.blindFreshMs} ms`,
      );
  };
  const follower = new Follower({ ...options, onReach });
  const memory = new MemoryTier(options.memoryBytes);
  const lookup = new Lookup({ ...options, memory, follower });
  const flights = new Flights(follower);
  const loader = new Loader({ concurrency: options.originConcurrency, maxWaiting: options.originQueue, clock });
  const filler = new Filler({ ...options, loader, memory, lookup, follower });
  const parts = { ...options, follower, lookup, flights, filler, loader };
  return {
    follower,
    memory,
    lookup,
    flights,
    loader,
    reader: new Reader(parts),
    warmer: new Warmer(parts),
    invalidator: new Invalidator({ ...options, follower }),
  };
}
