import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { EntryCodec } from '../envelope/entry-codec.ts';
import { ManualClock } from '../testing/index.ts';
import { openRedis, type RedisClient } from './open-redis.ts';
import { RedisTier } from './redis-tier.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { succeeds } from './testing/servers.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ role: 'queue' }); // this server does not evict
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

const times = { loadedAt: 1_000, freshUntil: 2_000, revalidateUntil: 2_500, staleUntil: 3_000, loadMs: 7 };
const entry = { epoch: 1, asOf: 1, body: Buffer.from('1'), etag: 'e', tags: [], scope: null, ...times };

async function tierOf() {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const client: RedisClient = openRedis('cacheUrl', server.url, { blocks: false });
  onTestFinished(() => client.disconnect());
  client.on('error', () => undefined); // the client disconnects when the server becomes a replica
  const tier = new RedisTier({ client, commandTimeoutMs: 1_000, logger, clock });
  await succeeds(() => tier.get('any'));
  const bytes = await new EntryCodec().encode('files:list:1', entry);
  if (!bytes) throw new Error('expected an envelope, got none');
  return { tier, clock, lines, fill: () => tier.fill('files:list:1', bytes, entry, 60_000) };
}

const REFUSALS: Record<string, { begin: [string, ...string[]]; end: [string, ...string[]] }> = {
  OOM: { begin: ['CONFIG', 'SET', 'maxmemory', '1'], end: ['CONFIG', 'SET', 'maxmemory', '0'] },
  NOREPLICAS: {
    begin: ['CONFIG', 'SET', 'min-replicas-to-write', '1'],
    end: ['CONFIG', 'SET', 'min-replicas-to-write', '0'],
  },
  READONLY: { begin: ['REPLICAOF', '127.0.0.1', '1'], end: ['REPLICAOF', 'NO', 'ONE'] },
};

test.each(Object.entries(REFUSALS))(
  'given a server that answers fills with %s, reads continue and one line reports each outage',
  async (kind, { begin, end }) => {
    const { tier, clock, lines, fill } = await tierOf();
    const send = ([command, ...args]: [string, ...string[]]) => admin.call(command, ...args);
    for (let time = 1; time <= 2; time++) {
      expect(await fill()).toBe(true);
      await send(begin);
      for (let i = 0; i < 10; i++) {
        expect(await succeeds(() => fill())).toBe(false);
        expect(await succeeds(() => tier.get('files:list:1'))).not.toBeNull();
      }
      await send(end);
      await clock.advance(10_000);
      expect(await fill()).toBe(true);
      const refused = lines.filter((line) => line.startsWith('warn') && line.includes(kind));
      const again = lines.filter((line) => line.startsWith('info') && line.includes(kind));
      expect([refused.length, again.length]).toEqual([time, time]);
    }
    expect(lines).toHaveLength(4);
  },
);

test('given a server that rejects some writes for lack of memory, the log is not flooded', async () => {
  const { clock, lines, fill } = await tierOf();
  for (let i = 0; i < 20; i++) {
    await admin.config('SET', 'maxmemory', '1');
    expect(await fill()).toBe(false);
    await admin.config('SET', 'maxmemory', '0');
    expect(await fill()).toBe(true);
    await clock.advance(100);
  }
  expect(lines).toHaveLength(1);
});
