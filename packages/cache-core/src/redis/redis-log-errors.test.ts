import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import { connectRedis } from './connect-redis.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { succeeds } from './testing/servers.ts';

let entries: RunningRedis;
let durable: RunningRedis;
let admin: Redis;
beforeEach(async () => {
  [entries, durable] = await Promise.all([startRedis({ role: 'cache' }), startRedis({ role: 'queue' })]);
  admin = new Redis(durable.url, { maxRetriesPerRequest: 0 });
});
afterEach(async () => {
  admin.disconnect();
  await Promise.all([entries.stop(), durable.stop()]);
});

const call = ([command = '', ...args]: readonly string[]) => admin.call(command, ...args);
/** How to make the durable server answer with each error, and how to end that. */
const ERRORS: Record<string, { begin(): Promise<unknown>; end(): Promise<unknown> }> = {
  WRONGTYPE: {
    begin: () => admin.set('{errors:log}:record', 'a text'),
    end: () => admin.del('{errors:log}:record'),
  },
  OOM: {
    begin: () => call(['CONFIG', 'SET', 'maxmemory', '1']),
    end: () => call(['CONFIG', 'SET', 'maxmemory', '0']),
  },
  NOPERM: {
    begin: () => call(['ACL', 'SETUSER', 'default', '-evalsha', '-eval']),
    end: () => call(['ACL', 'SETUSER', 'default', '+evalsha', '+eval']),
  },
  READONLY: {
    begin: () => call(['REPLICAOF', '127.0.0.1', '1']),
    end: () => call(['REPLICAOF', 'NO', 'ONE']),
  },
  BUSY: {
    begin: async () => {
      await call(['CONFIG', 'SET', 'lua-time-limit', '1']);
      const looping = new Redis(durable.url, { retryStrategy: () => null });
      onTestFinished(() => looping.disconnect());
      void looping.eval('while true do end', 0).catch(() => undefined); // SCRIPT KILL ends it
    },
    end: () => succeeds(() => call(['SCRIPT', 'KILL'])),
  },
};

test.for(Object.entries(ERRORS))(
  'given a durable server that answers with %s, one line names it and reads are bounded',
  async ([kind, { begin, end }]) => {
    const { logger, lines } = recordingLogger();
    const urls = { cacheUrl: entries.url, queueUrl: durable.url, namespace: 'errors' };
    const cache = new CacheManager({ ports: connectRedis({ ...urls, logger }), logger, maxAgeWhenDisconnected: '1ms' });
    onTestFinished(() => cache.close());
    await cache.start();
    await succeeds(async () => expect(cache.internal.engine.follower.isCurrent).toBe(true));
    await cache.getOrLoad('errors:a:1', () => 1);
    // An error reply to its release would reconnect, and the log would be unreachable for that reason.
    await succeeds(async () => expect(await admin.keys('errors:lock:*')).toEqual([]));
    await begin();
    await succeeds(async () => expect(cache.internal.engine.follower.state).toBe('disconnected'));
    const named = (text: string) => lines.filter((line) => line.startsWith(`warn ${text}`) && line.includes(kind));
    expect(named('the queue server answers with an error: ')).toHaveLength(1);
    expect(named('the invalidation log is unreachable: it answered with an error')).toHaveLength(1);
    const { value, outcome } = await cache.getOrLoadWithOutcome('errors:a:1', () => 2);
    expect([value, outcome.verified]).toEqual([2, false]);
    expect(await cache.invalidate({ prefix: 'errors' })).toMatchObject({ state: 'pending' });
    expect(named('invalidation is pending: the invalidation log answered with an error: ')).toHaveLength(1);
    await end();
    await succeeds(async () =>
      expect(await cache.invalidate({ prefix: 'errors' })).toMatchObject({ state: 'applied' }),
    );
    expect(named('the queue server answers with an error: ')).toHaveLength(1);
    await succeeds(async () => expect(cache.internal.engine.follower.state).toBe('current'));
  },
);

test('given a fill lock whose server becomes a replica, one line names the release’s error', async () => {
  const { logger, lines } = recordingLogger();
  const ports = connectRedis({ cacheUrl: entries.url, queueUrl: durable.url, namespace: 'errors', logger });
  onTestFinished(() => ports.close());
  const turn = await succeeds(() => ports.lock.acquire('errors:a:1'));
  if (!turn.held) throw new Error('expected the lock to be free');
  await call(['REPLICAOF', '127.0.0.1', '1']);
  await turn.release();
  expect(lines).toContainEqual(expect.stringMatching(/^warn the queue server answers with an error: READONLY/));
});
