import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { FaultProxy } from '@pilotlight/stack/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import type { CacheOptions } from '../cache-options.ts';
import { silentLogger } from '../model/logger.ts';
import { connectRedis } from './connect-redis.ts';
import { succeeds } from './testing/servers.ts';

// The assumptions of a write and the reads after it, each violated on purpose on real servers.
let entries: RunningRedis;
let durable: RunningRedis;
let raw: Redis;
let namespaces = 0;

beforeAll(async () => {
  [entries, durable] = await Promise.all([startRedis({ role: 'cache' }), startRedis({ role: 'queue' })]);
  raw = new Redis(durable.url);
});
afterAll(async () => {
  raw.disconnect();
  await Promise.all([entries.stop(), durable.stop()]);
});

async function follow(namespace: string, queueUrl: string, options: Partial<CacheOptions> = {}): Promise<CacheManager> {
  const ports = connectRedis({ cacheUrl: entries.url, queueUrl, namespace, logger: silentLogger });
  const cache = new CacheManager({ ports, ...options });
  onTestFinished(() => cache.close());
  await cache.start();
  await succeeds(async () => expect(cache.internal.engine.follower.isCurrent).toBe(true));
  return cache;
}

/**
 * A process that writes, and one that reads over a connection that can stall, both in an epoch they have known for longer
 * than a lease.
 */
async function writerAndReader(options: { writer?: Partial<CacheOptions>; reader?: Partial<CacheOptions> } = {}) {
  const namespace = `assumptions-${++namespaces}`;
  const proxy = await FaultProxy.to(durable.url);
  onTestFinished(() => proxy.close());
  const writer = await follow(namespace, durable.url, options.writer);
  const reader = await follow(namespace, proxy.url, options.reader);
  // Wait for a receipt that needs no whole lease: the writer trusts the register from here on.
  await succeeds(async () => {
    const receipt = await writer.invalidate({ prefix: 'warm-up' });
    expect(receipt.state === 'applied' && receipt.receiptMs < 90).toBe(true);
  });
  let truth = 1;
  const key = `assumed:${namespace}:key`;
  return {
    namespace,
    writer,
    reader,
    proxy,
    write: async () => {
      truth++;
      const receipt = await writer.invalidate({ prefix: 'assumed' });
      expect(receipt.state).toBe('applied');
    },
    /** Returns the reader's answer, and whether it is allowed: the present value, or one that is marked as unverified. */
    read: async () => {
      const { value, outcome } = await reader.getOrLoadWithOutcome(key, () => truth);
      return { value, verified: outcome.verified, isAllowed: value === truth || !outcome.verified };
    },
  };
}

test('given a writer with a shorter lease, a disconnected reader serves nothing old as verified', async () => {
  const { write, read, proxy } = await writerAndReader({ writer: { lease: '200ms' }, reader: { lease: '1s' } });
  expect(await read()).toMatchObject({ value: 1, verified: true });
  proxy.forward({ kind: 'blackhole' });
  await write();
  expect(await read()).toMatchObject({ isAllowed: true });
});

test('given two processes with the same id, a write waits for both of them', async () => {
  const same = { id: 'api' };
  const { write, read, proxy } = await writerAndReader({ writer: same, reader: same });
  expect(await read()).toMatchObject({ value: 1, verified: true });
  proxy.forward({ kind: 'blackhole' });
  await write();
  expect(await read()).toMatchObject({ isAllowed: true });
});

test.for(['record', 'stream', 'followers', 'hits', 'scoped-hits', 'key-hits'])(
  'given a log without its %s, a disconnected process serves nothing old as verified',
  async (part) => {
    const { namespace, write, read, proxy } = await writerAndReader();
    await write();
    expect(await read()).toMatchObject({ value: 2, verified: true });
    proxy.forward({ kind: 'blackhole' });
    await raw.del(`{${namespace}:log}:${part}`);
    await write();
    expect(await read()).toMatchObject({ isAllowed: true });
  },
);

test.for([
  ['hits', { prefix: 'assumed' }],
  ['scoped-hits', { prefix: 'assumed', scope: { levels: ['ERROR'] } }],
  ['key-hits', { key: 'assumed:by:key' }],
  ['stream', { prefix: 'assumed' }],
  ['record', { prefix: 'assumed' }],
] as const)(
  'given a log without its %s after an invalidation, a new process misses the hit entry',
  async ([part, selector]) => {
    const namespace = `assumptions-${++namespaces}`;
    const writer = await follow(namespace, durable.url);
    await writer.getOrLoad('assumed:by:key', () => 'old');
    const bytes = await succeeds(async () => {
      const client = new Redis(entries.url);
      const found = await client.getBuffer('assumed:by:key').finally(() => client.disconnect());
      if (!found) throw new Error('expected the entry to be in the shared tier');
      return found;
    });
    expect(await writer.invalidate(selector)).toMatchObject({ state: 'applied' });
    await raw.del(`{${namespace}:log}:${part}`);
    // If a reclaim has not run, or another process was slow to write, the bytes still exist.
    const client = new Redis(entries.url);
    await client.set('assumed:by:key', bytes).finally(() => client.disconnect());
    const newcomer = await follow(namespace, durable.url);
    expect(await newcomer.getOrLoad('assumed:by:key', () => 'new')).toBe('new');
  },
);

test('without an event id, the durable server stores no key per write', async () => {
  const namespace = `assumptions-${++namespaces}`;
  const cache = await follow(namespace, durable.url);
  const keysOfLog = async () => (await raw.keys(`{${namespace}:log}:*`)).length;
  await cache.set('kept:first', 1);
  const before = await keysOfLog();
  await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      await cache.set(`kept:${i}`, i);
      await cache.delete(`kept:${i}`);
      await cache.invalidate({ prefix: 'kept' });
    }),
  );
  expect(await keysOfLog()).toBe(before);
  await cache.invalidate({ prefix: 'kept' }, { eventId: 'repeated' });
  expect(await raw.pttl(`{${namespace}:log}:event:repeated`)).toBeGreaterThan(0);
});
