import type { Append, AppendReply, CachedEntry, CacheManager, SharedTier, Stamp } from '@pilotlight/cache-core';
import type { ReadRequest } from '@pilotlight/cache-core/internals';
import { keyOfToken } from '@pilotlight/cache-core/internals';
import type { MemoryLogServer } from '@pilotlight/cache-core/testing';
import type { Checker } from './checker.ts';
import type { History } from './history.ts';
import type { Host } from './host.ts';
import { nameOf } from './plan.ts';

/** Reports each invalidation that the log's server appends, and the keys that it hits, to the checker. */
export function watchLog(log: MemoryLogServer, { changes, hits }: History): void {
  const append = log.append.bind(log);
  log.append = (asked: Append): AppendReply => {
    const appended = append(asked);
    if (asked.mode !== 'invalidate') return appended;
    const change = changes[Number(/^event-(\d+)$/.exec(asked.eventId ?? '')?.[1])];
    // A `set` or `delete` has its own event of the engine and one selector: its key.
    const names = change?.keys ?? asked.selectors.map((selector) => nameOf(keyOfToken(selector) ?? ''));
    hits.note({ epoch: appended.epoch, asOf: appended.position }, names);
    return appended;
  };
}

/** A process whose tiers are watched. */
interface WatchedProcess {
  readonly host: Host;
  readonly cache: CacheManager;
}

/** Reports every entry that a process serves from its tiers or puts into its memory to the checker. */
export function watchMemory({ host, cache }: WatchedProcess, checker: Checker): void {
  const { follower, lookup, memory, reader, manualOperations } = cache.internal.engine;
  const check = (what: string, cached: CachedEntry) => checker.tier(host.name, what, cached, follower.stamp);
  const put = memory.put.bind(memory);
  const freshInMemory = lookup.freshInMemory.bind(lookup);
  const read = reader.read.bind(reader);
  const get = manualOperations.get.bind(manualOperations);
  Object.assign(memory, {
    put: (cached: CachedEntry) => {
      const isInMemory = put(cached);
      if (isInMemory) check('puts into memory', cached);
      return isInMemory;
    },
  });
  Object.assign(lookup, {
    freshInMemory: (...asked: Parameters<typeof freshInMemory>) => {
      const cached = freshInMemory(...asked);
      if (cached) check('serves from memory', cached);
      return cached;
    },
  });
  Object.assign(reader, {
    read: async (request: ReadRequest) => {
      const answer = await read(request);
      const { tier } = answer.outcome;
      if (tier !== null) check(`serves ${answer.outcome.outcome} from ${tier}`, answer.cached);
      return answer;
    },
  });
  Object.assign(manualOperations, {
    get: async (...asked: Parameters<typeof get>) => {
      const cached = await get(...asked);
      if (cached) check('gets', cached);
      return cached;
    },
  });
}

/** Wraps a process's shared tier: the checker sees each fill as the process sends it, regardless of its arrival. */
export function watchedShared(shared: SharedTier, sends: (key: string, stamp: Stamp) => void): SharedTier {
  return {
    ...shared,
    fill: (key, envelope, stamp, ttlMs) => {
      sends(key, stamp);
      return shared.fill(key, envelope, stamp, ttlMs);
    },
  };
}
