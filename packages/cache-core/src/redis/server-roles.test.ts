import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import { connectRedis } from './connect-redis.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { succeeds } from './testing/servers.ts';

let evicting: RunningRedis;
let durable: RunningRedis;
let admin: Redis;
let namespaces = 0;
beforeAll(async () => {
  [evicting, durable] = await Promise.all([startRedis({ role: 'cache' }), startRedis({ role: 'queue' })]);
  admin = new Redis(durable.url);
});
afterAll(async () => {
  admin.disconnect();
  await Promise.all([evicting.stop(), durable.stop()]);
});

function open(urls: { cacheUrl: string; queueUrl: string }, allowUnsafeServers = false) {
  const { logger, lines } = recordingLogger();
  const ports = connectRedis({ ...urls, logger, namespace: `roles-${++namespaces}`, allowUnsafeServers });
  const cache = new CacheManager({ ports, logger });
  onTestFinished(() => cache.close());
  const read = async () => (await cache.getOrLoadWithOutcome('roles:a:1', () => 1)).outcome;
  return { ports, cache, read, warnings: (text: string) => lines.filter((line) => line.startsWith(`warn ${text}`)) };
}

const UNSAFE = {
  'an evicting queue server': () => ({
    cacheUrl: durable.url,
    queueUrl: evicting.url,
    why: /maxmemory-policy allkeys-lru/,
  }),
  'one server that does not evict for both roles': () => ({
    cacheUrl: durable.url,
    queueUrl: durable.url,
    why: /the queue server and the cache server are the same/,
  }),
  'one server under two names for both roles': () => ({
    cacheUrl: durable.url.replace('127.0.0.1', 'localhost'),
    queueUrl: durable.url,
    why: /the queue server and the cache server are the same/,
  }),
};

test.for(Object.entries(UNSAFE))(
  'given %s, the log is rejected and one line gives the reason',
  async ([_, serversOf]) => {
    const { why, ...urls } = serversOf();
    const { ports, cache, read, warnings } = open(urls);
    await cache.start();
    await succeeds(async () => expect(ports.unsafe).toMatch(why));
    expect(await cache.invalidate({ prefix: 'roles' })).toMatchObject({ state: 'pending' });
    expect((await read()).verified).toBe(false);
    expect(cache.internal.engine.follower.isCurrent).toBe(false);
    expect(warnings('the invalidation log is refused: ')).toEqual([expect.stringMatching(why)]);
    expect(warnings('invalidation is pending: the invalidation log is not used: ')).toHaveLength(1);
  },
);

test.for(Object.entries(UNSAFE))(
  'given %s and permission to use it, every answer is unverified',
  async ([_, serversOf]) => {
    const { why, ...urls } = serversOf();
    const { ports, cache, read, warnings } = open(urls, true);
    await cache.start();
    await succeeds(async () => expect(cache.internal.engine.follower.isCurrent).toBe(true));
    await succeeds(async () => expect(ports.unsafe).toMatch(why));
    expect(await read()).toMatchObject({ outcome: 'miss', verified: false });
    expect(await read()).toMatchObject({ outcome: 'hit', tier: 'memory', verified: false });
    expect((await cache.inspect('roles:a:1')).next).toMatchObject({ outcome: 'hit', verified: false });
    cache.switchTier('memory', false);
    expect(await read()).toMatchObject({ outcome: 'hit', tier: 'redis', verified: false });
    expect(await cache.invalidate({ prefix: 'roles' })).toMatchObject({ state: 'applied' });
    expect(warnings('')).toEqual([expect.stringMatching(why)]);
  },
);

test('given a server without CONFIG, its policy is still detected', async () => {
  await admin.call('ACL', 'SETUSER', 'default', '-config');
  onTestFinished(async () => void (await admin.call('ACL', 'SETUSER', 'default', '+config')));
  const { ports, cache, read } = open({ cacheUrl: evicting.url, queueUrl: durable.url });
  await cache.start();
  await succeeds(async () => expect(await read()).toMatchObject({ verified: true }));
  expect(ports.unsafe).toBeNull();
});

test('after a reconnection, the server is checked before the log is used', async () => {
  const { ports, cache, read, warnings } = open({ cacheUrl: evicting.url, queueUrl: durable.url });
  await cache.start();
  await succeeds(async () => expect(await read()).toMatchObject({ verified: true }));
  const reconnect = () => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await admin.config('SET', 'maxmemory-policy', 'volatile-ttl');
  await reconnect();
  await succeeds(async () => expect(ports.unsafe).toMatch(/volatile-ttl/));
  await succeeds(async () => expect(cache.internal.engine.follower.state).toBe('disconnected'));
  expect(await cache.invalidate({ prefix: 'roles' })).toMatchObject({ state: 'pending' });
  await admin.config('SET', 'maxmemory-policy', 'noeviction');
  await reconnect();
  await succeeds(async () => expect(await cache.invalidate({ prefix: 'roles' })).toMatchObject({ state: 'applied' }));
  expect(warnings('the invalidation log is refused: ')).toHaveLength(1);
});

test('after the durable server disconnects, its log stays trusted', async () => {
  const own = await startRedis({ role: 'queue' });
  onTestFinished(() => own.stop());
  const { ports, cache, read } = open({ cacheUrl: evicting.url, queueUrl: own.url });
  await cache.start();
  await succeeds(async () => expect(await read()).toMatchObject({ verified: true }));
  own.kill('SIGKILL');
  await succeeds(() => expect(ports.log.snapshot(0)).rejects.toMatchObject({ code: 'UNREACHABLE' }));
  expect(ports.log.isTrusted).toBe(true);
});
