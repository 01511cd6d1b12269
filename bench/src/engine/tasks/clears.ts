import { Redis } from 'ioredis';
import { payload } from '../payloads.ts';
import { startCache } from '../peers/ours.ts';
import type { RedisUrls } from '../peers/port.ts';
import { msOf, numberOf } from './reading.ts';

/**
 * Copies the bytes of one key to others. KEYS 1: the key. ARGV 1: prefix of the copies, 2: first number, 3: last
 * number, 4: time to live in ms.
 */
const COPY = `
local bytes = redis.call('GET', KEYS[1])
for n = tonumber(ARGV[2]), tonumber(ARGV[3]) do redis.call('SET', ARGV[1] .. string.format('%.0f', n), bytes, 'PX', ARGV[4]) end
return 1`;
const AT_ONCE = 10_000;

/** Clears prefixes with many keys in our engine. The keys are copies of an entry that the engine stored. */
export async function clears({ redis }: { redis: RedisUrls }) {
  const cache = await startCache({ tiers: 'redis', redis });
  const client = new Redis(redis.cacheUrl);
  const read = (key: string, onLoad?: () => void) =>
    cache.getOrLoad(key, () => {
      onLoad?.();
      return payload('0.2 kB', numberOf(key));
    });
  return {
    fill: async (prefix: string, keys: number): Promise<void> => {
      const original = `${prefix}:entry:0`;
      await read(original);
      while ((await client.exists(original)) === 0) await new Promise((resolve) => setImmediate(resolve));
      for (let from = 1; from < keys; from += AT_ONCE)
        await client.eval(COPY, 1, original, `${prefix}:entry:`, from, Math.min(from + AT_ONCE, keys) - 1, 600_000);
    },
    /** Clears the prefix `times` times. Returns the time of each acknowledged clear in ms. */
    clear: async (prefix: string, times: number): Promise<number[]> => {
      const took: number[] = [];
      for (let i = 0; i < times; i++) took.push(await msOf(() => cache.invalidate({ prefix })));
      let loads = 0;
      await read(`${prefix}:entry:0`, () => loads++);
      if (loads !== 1) throw new Error(`expected a load after ${prefix} was cleared, got ${loads}`);
      return took;
    },
    /** Clears the prefix and returns how many keys per second are freed. */
    reclaim: async (prefix: string): Promise<number> => {
      const receipt = await cache.invalidate({ prefix });
      if (receipt.state !== 'applied') throw new Error('expected the invalidation to be applied, but it is pending');
      let removed = 0;
      const took = await msOf(async () => {
        removed = await cache.reclaim({ prefix }, { epoch: receipt.epoch, asOf: receipt.position });
      });
      return (removed * 1_000) / took;
    },
    close: async () => {
      client.disconnect();
      await cache.close();
    },
  };
}
