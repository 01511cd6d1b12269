import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HitIndex } from '../log/hit-index.ts';
import { invalidationTargetsOf } from '../model/invalidation-targets.ts';
import { parseKey } from '../model/key.ts';
import { silentLogger } from '../model/logger.ts';
import type { SelectorToken } from '../model/selector.ts';
import type { InvalidationLog, Snapshot } from '../ports/invalidation-log.ts';
import { record } from '../ports/testing/log-under-test.ts';
import { connectRedis, type RedisPorts } from './connect-redis.ts';
import { succeeds } from './testing/servers.ts';

// Runs beside an earlier version, which stores the hits of keys with all others and does not know `key-hits`.
let server: Awaited<ReturnType<typeof startRedis>>;
let raw: Redis;
let namespaces = 0;
const opened: RedisPorts[] = [];

beforeAll(async () => {
  server = await startRedis({ role: 'queue' });
  raw = new Redis(server.url);
});
afterAll(async () => {
  for (const ports of opened) await ports.close();
  raw.disconnect();
  await server.stop();
});

async function open(): Promise<{ log: InvalidationLog; base: string }> {
  const namespace = `deploy-${++namespaces}`;
  const ports = connectRedis({
    cacheUrl: server.url,
    queueUrl: server.url,
    logger: silentLogger,
    namespace,
    allowUnsafeServers: true,
  });
  opened.push(ports);
  await succeeds(() => ports.log.snapshot(0));
  return { log: ports.log, base: `{${namespace}:log}` };
}

/** The snapshot of the earlier version. */
async function asBefore(base: string): Promise<HitIndex> {
  const lastHits: Snapshot['lastHits'][number][] = [];
  for (const hits of ['hits', 'scoped-hits']) {
    const flat = await raw.zrange(`${base}:${hits}`, '0', '-1', 'WITHSCORES');
    for (let i = 0; i < flat.length; i += 2) {
      const [mode = '', selector = ''] = (flat[i] ?? '').split(' ');
      const position = Number(flat[i + 1]);
      lastHits.push({
        mode: mode === 'expire' ? 'expire' : 'invalidate',
        selector: selector as SelectorToken,
        position,
      });
    }
  }
  const index = new HitIndex();
  index.replace({ floor: Number(await raw.hget(`${base}:record`, 'floor')), lastHits });
  return index;
}

const of = (key: string) => invalidationTargetsOf(parseKey(key));

test('an earlier version that starts treats everything up to the last key hit as hit', async () => {
  const { log, base } = await open();
  await log.append(record(['k:stats:a:1']));
  await log.append(record(['k:stats:a:2'], { mode: 'expire' }));
  await log.append(record(['p:files']));
  const before = await asBefore(base);
  expect(before.lastHit('invalidate', of('stats:a:1'))).toBe(1);
  expect(before.lastHit('expire', of('stats:a:2'))).toBe(2);
  expect(before.lastHit('invalidate', of('files:a:1'))).toBe(3);
  // The token for all keys is for that version only.
  const selectors = (await log.snapshot(0)).lastHits.map(({ selector }) => selector);
  expect(new Set(selectors)).toEqual(new Set(['k:stats:a:1', 'k:stats:a:2', 'p:files']));
});

test('keys that an earlier version stored with other hits are in the snapshot', async () => {
  const { log, base } = await open();
  await log.append(record(['k:stats:a:1']));
  await raw.hset(`${base}:record`, 'head', 3, 'floor', 2);
  await raw.zadd(`${base}:hits`, 3, 'invalidate k:stats:a:1', 3, 'invalidate k:stats:a:2');
  const index = new HitIndex();
  index.replace(await log.snapshot(0));
  const keys = ['stats:a:1', 'stats:a:2', 'files:a:1'];
  expect(keys.map((key) => index.lastHit('invalidate', of(key)))).toEqual([3, 3, 2]);
});

test('an epoch of an earlier version, which has no counts, is replaced', async () => {
  const { log, base } = await open();
  const { epoch } = await log.append(record(['k:stats:a:1']));
  await raw.del(`${base}:stream`, `${base}:followers`, `${base}:hits`, `${base}:scoped-hits`);
  await raw.hset(`${base}:record`, 'epoch', epoch + 1, 'head', 0, 'floor', 0);
  const snapshot = await log.snapshot(0);
  expect(snapshot).toMatchObject({ head: 0, floor: 0, lastHits: [] });
  expect(snapshot.epoch).toBeGreaterThan(epoch + 1);
  await log.append(record(['k:stats:a:2']));
  const lastHits = [{ mode: 'invalidate', selector: 'k:stats:a:2', position: 1 }];
  expect(await log.snapshot(0)).toEqual({ epoch: snapshot.epoch, head: 1, floor: 0, lastHits });
});

test('a follower of an earlier version without a lease counts with the longest lease', async () => {
  const { log, base } = await open();
  const { epoch } = await log.append(record(['p:files']));
  await raw.hset(`${base}:followers`, 'before', '7:0');
  expect((await log.register(epoch))?.get('before')).toEqual({ renewals: 7, applied: 0, leaseMs: log.maxLeaseMs });
  await log.publishApplied({ id: 'before', epoch, applied: 1 });
  await log.renew({ id: 'now', epoch, applied: 0, leaseMs: 300 });
  await log.publishApplied({ id: 'now', epoch, applied: 1 });
  expect((await log.register(epoch))?.get('before')).toMatchObject({ applied: 1, leaseMs: log.maxLeaseMs });
});

test.each(['1', 'not JSON', '["1","1"]'])(
  'the message %s, as of another version, is a hint without proof',
  async (message) => {
    const { log, base } = await open();
    const heard: unknown[] = [];
    const stop = log.onApplied((proof) => heard.push(proof));
    await succeeds(async () => {
      await raw.publish(`${base}:applied`, message);
      expect(heard.length).toBeGreaterThan(0);
    });
    stop();
    expect(new Set(heard)).toEqual(new Set([undefined]));
  },
);

test('an earlier version reads the applied positions of followers with leases', async () => {
  const { log, base } = await open();
  const { epoch } = await log.append(record(['p:files']));
  await log.renew({ id: 'now', epoch, applied: 1, leaseMs: 300 });
  const flat = await raw.hgetall(`${base}:followers`);
  const applied = Object.entries(flat).map(([id, state]) => [id, Number(state.split(':')[1])]);
  expect(new Map(applied as [string, number][])).toEqual(
    new Map([
      ['', Number.MAX_SAFE_INTEGER],
      ['now', 1],
    ]),
  );
});

test('appends and departures of an earlier version keep the epoch', async () => {
  const { log, base } = await open();
  const { epoch } = await log.append(record(['p:files', 'k:stats:a:1']));
  await raw.hset(`${base}:followers`, 'before', '7:0');
  await raw.hset(`${base}:record`, 'head', 2);
  await raw.xadd(`${base}:stream`, `${epoch}-2`, 'm', 'invalidate', 's', '["t:tag"]');
  await raw.zadd(`${base}:hits`, 2, 'invalidate t:tag');
  await raw.hdel(`${base}:followers`, 'before');
  expect(await log.snapshot(epoch)).toMatchObject({ epoch, head: 2 });
  expect(await log.append(record(['p:files']))).toEqual({ epoch, position: 3, followers: new Map() });
  await raw.del(`${base}:hits`);
  expect((await log.snapshot(epoch)).epoch).toBeGreaterThan(epoch);
});
