import { payload } from '../payloads.ts';
import { startCache } from '../peers/ours.ts';
import type { RedisUrls } from '../peers/port.ts';
import { numberOf, readAll, readFor, type Speed } from './reading.ts';

/** Measures our memory hits on entries that declare which part of the data they depend on. */
export async function scopedHits({ redis, namespace }: { redis: RedisUrls; namespace: string }) {
  const cache = await startCache({ tiers: 'memory', redis }, namespace);
  let loads = 0;
  const reads = {
    getOrLoad: (key: string) =>
      cache.getOrLoad(key, (context) => {
        loads++;
        context.scope({ time: { from: 0, to: 4_102_444_800_000 }, level: ['ERROR', 'WARN'], service: ['checkout'] });
        return payload('0.2 kB', numberOf(key));
      }),
  };
  const keys = Array.from({ length: 1_000 }, (_, i) => `bench:scoped:${i}`);
  return {
    /** Returns hits per second and the number of reads that had to load. */
    measure: async (forMs: number): Promise<Speed & { loads: number }> => {
      await readAll(reads, keys);
      await readFor(reads, keys, 1, 600);
      loads = 0;
      return { ...(await readFor(reads, keys, 1, forMs)), loads };
    },
    /** Does the same while invalidations of other parts of the prefix arrive at the given rate. */
    measureUnderWrites: async (forMs: number, writesPerSecond: number): Promise<Speed & { loads: number }> => {
      await readAll(reads, keys);
      let n = 0;
      const writing = setInterval(() => {
        const from = 5_000_000_000_000 + 1_000 * n++;
        void cache.invalidate({ prefix: 'bench', scope: { time: { from, to: from + 500 } } });
      }, 1_000 / writesPerSecond);
      loads = 0;
      const speed = await readFor(reads, keys, 1, forMs);
      clearInterval(writing);
      return { ...speed, loads };
    },
    close: () => cache.close(),
  };
}
