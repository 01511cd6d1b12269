import { setTimeout } from 'node:timers/promises';
import type { CacheManager } from '@pilotlight/cache-core';
import { median } from '../../row.ts';
import { payload } from '../payloads.ts';
import { startCache } from '../peers/ours.ts';
import type { RedisUrls } from '../peers/port.ts';
import { type Hot, hotKeys, keyOfGrown } from './growth.ts';
import { msOf, numberOf, readFor, tagsOf } from './reading.ts';
import { usedBytes } from './used-bytes.ts';

export interface GrownOptions {
  readonly redis: RedisUrls;
  /** Processes of one namespace follow one log. */
  readonly namespace: string;
  readonly entries: number;
}

const BATCH = 500;
const UNCOUNTED = 3_000;
const MAX_TRIES = 50;
const AGREE_BYTES = 8_192;
type Fill = (keys: readonly string[]) => Promise<unknown>;
type CacheEngine = CacheManager['internal']['engine'];
const FRESH = { freshFor: '1h' } as const;

/** Our engine with this number of entries in memory and in Redis. Runs with `--expose-gc`. */
export async function grown({ redis, namespace, entries }: GrownOptions) {
  const cache = await startCache({ tiers: 'both', redis }, namespace);
  const load = (key: string) => payload('0.2 kB', numberOf(key));
  const getOrLoad = (key: string) =>
    cache.getOrLoad(
      key,
      (context) => {
        context.tag(...tagsOf(key));
        return load(key);
      },
      FRESH,
    );
  const fill: Fill = (keys) =>
    cache.getOrLoadMany(
      keys,
      async (missing, contexts) =>
        missing.map((key, i) => {
          contexts[i]?.tag(...tagsOf(key));
          return load(key);
        }),
      FRESH,
    );
  const bytesPerEntry = await bytesOf(cache.internal.engine, fill, entries);
  const hot = hotKeys(entries);
  let missed = 0;
  const session = {
    /** Returns the bytes of heap and external memory by which the process grew, per entry. */
    bytesPerEntry: () => bytesPerEntry,
    heapBytes: usedBytes,
    /** Runs each operation this number of times, so that its code is compiled. */
    warmUp: async (times: number): Promise<void> => {
      await session.redisHits(times);
      await session.misses(times);
      await session.receipts(times / 10);
    },
    /** Returns memory hits per second of processor time. */
    measure: async (which: Hot, forMs: number): Promise<number> => {
      await readFor({ getOrLoad }, hot[which], 1, 300);
      return (await readFor({ getOrLoad }, hot[which], 1, forMs)).perCpuSecond;
    },
    /** Reads entries spread over all of Redis while the memory tier is off. Returns the median time in µs. */
    redisHits: async (times: number): Promise<number> => {
      cache.switchTier('memory', false);
      try {
        return await medianUs(times, (i) => getOrLoad(hot.far[i % hot.far.length] ?? ''));
      } finally {
        cache.switchTier('memory', true);
      }
    },
    /** Reads keys that no process has read; their load takes no time. Returns the median time in µs. */
    misses: (times: number): Promise<number> =>
      medianUs(times, () => getOrLoad(`bench:missed:${process.pid * 1_000_000 + missed++}`)),
    /** Returns the time of each invalidation until every process of the namespace has applied it, in ms. */
    receipts: async (times: number): Promise<number[]> => {
      const took: number[] = [];
      for (let i = 0; i < times; i++) {
        took.push(await msOf(() => cache.invalidate({ tag: `no-entry-${i}` })));
        await setTimeout(2); // Writes come now and then, not back to back.
      }
      return took;
    },
    close: () => cache.close(),
  };
  return session;
}

/** Returns the median time of a caller that waits for each operation before the next. */
async function medianUs(times: number, operation: (i: number) => Promise<unknown>): Promise<number> {
  const waited: number[] = [];
  for (let i = 0; i < times; i++) waited.push((await msOf(() => operation(i))) * 1_000);
  return median(waited);
}

/** Fills the cache and returns the bytes per entry. */
async function bytesOf({ memory }: CacheEngine, fill: Fill, entries: number): Promise<number> {
  // Code, shapes and the runtime's own tables do not belong to an entry.
  await fill(Array.from({ length: UNCOUNTED }, (_, i) => `bench:uncounted:${i}`));
  memory.evictWhere(() => true);
  const before = await settledBytes();
  for (let from = 0; from < entries; from += BATCH)
    await fill(Array.from({ length: Math.min(BATCH, entries - from) }, (_, i) => keyOfGrown(from + i)));
  return ((await settledBytes()) - before) / entries;
}

/** Returns the bytes in use once two measurements in turn agree: work in the background may still hold answers. */
async function settledBytes(): Promise<number> {
  let bytes = await usedBytes();
  for (let tries = 0, before = 0; tries < MAX_TRIES && Math.abs(bytes - before) > AGREE_BYTES; tries++) {
    before = bytes;
    bytes = await usedBytes();
  }
  return bytes;
}
