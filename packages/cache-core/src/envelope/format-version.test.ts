import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../model/logger.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import { RedisTier } from '../redis/redis-tier.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemorySharedServer } from '../testing/memory-shared-server.ts';
import { EntryCodec } from './entry-codec.ts';
import { encoded, entryWith, KEY } from './testing/entries.ts';

const HOUR_MS = 3_600_000;
const codec = new EntryCodec();

/** The bytes that a process of another format version stores: the guaranteed header, and other bytes after it. */
async function ofVersion(digit: string, asOf: number): Promise<Buffer> {
  const bytes = Buffer.from(await encoded(codec, KEY, entryWith({ asOf })));
  bytes.write(digit, 3);
  return Buffer.concat([bytes.subarray(0, 24), Buffer.from('laid out otherwise')]);
}

interface Store {
  readonly tier: SharedTier;
  write(key: string, bytes: Buffer): Promise<void>;
  stop(): Promise<void>;
}

const stores: [string, () => Promise<Store>][] = [
  [
    'in Redis',
    async () => {
      const server = await startRedis({ role: 'cache' });
      const client = new Redis(server.url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
      await vi.waitFor(() => client.ping(), { timeout: 30_000, interval: 20 });
      return {
        tier: new RedisTier({ client, commandTimeoutMs: 1_000, logger: silentLogger }),
        write: async (key, bytes) => void (await client.set(key, bytes)),
        stop: async () => {
          client.disconnect();
          await server.stop();
        },
      };
    },
  ],
  [
    'in the simulated store',
    async () => {
      const server = new MemorySharedServer(new ManualClock());
      return {
        tier: server.connect(),
        write: async (key, bytes) => server.write(key, bytes),
        stop: async () => undefined,
      };
    },
  ],
];

describe.each(stores)('%s, entries of another format version', (_, start) => {
  let store: Store;
  beforeAll(async () => {
    store = await start();
  });
  afterAll(() => store.stop());
  const fill = async (asOf: number) => {
    const entry = entryWith({ asOf });
    return store.tier.fill(KEY, await encoded(codec, KEY, entry), entry, HOUR_MS);
  };
  const found = async () => codec.decode(KEY, (await store.tier.get(KEY)) ?? Buffer.alloc(0));

  test.each(['1', '9'])('of format %s are misses; only an equal or newer stamp replaces them', async (digit) => {
    await store.write(KEY, await ofVersion(digit, 10));
    expect(await found()).toMatchObject({ rejected: 'foreign' });
    expect(await fill(9)).toBe(false);
    expect(await found()).toMatchObject({ rejected: 'foreign' });
    expect(await fill(10)).toBe(true);
    expect(await found()).toMatchObject({ asOf: 10 });
  });

  test('are reclaimed by their stamp', async () => {
    await store.write(KEY, await ofVersion('9', 10));
    const { epoch } = entryWith();
    expect(await store.tier.reclaim('stats', { epoch, asOf: 10 })).toBe(0);
    expect(await store.tier.reclaim('stats', { epoch, asOf: 11 })).toBe(1);
  });

  test('bytes that only begin like an envelope have no stamp, and the next fill replaces them', async () => {
    const alike = await ofVersion('x', 10);
    await store.write(KEY, alike);
    expect(await store.tier.reclaim('stats', { epoch: Number.MAX_SAFE_INTEGER, asOf: 1 })).toBe(0);
    expect(await fill(1)).toBe(true);
  });
});
