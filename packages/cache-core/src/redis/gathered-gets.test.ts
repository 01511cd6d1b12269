import { setImmediate } from 'node:timers/promises';
import { startRedis } from '@pilotlight/stack';
import { FaultProxy, startRedisCluster } from '@pilotlight/stack/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRedis } from './open-redis.ts';
import { RedisTier } from './redis-tier.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { onEach, type Servers, serversOf, succeeds } from './testing/servers.ts';

const SERVERS = {
  'one server': async () => serversOf(await startRedis({ role: 'cache' })),
  'a Redis Cluster': async () => serversOf(await startRedisCluster({ role: 'cache' })),
};

/** A tier on separate servers, and a count of the commands that they have run. */
async function tierOfOwn(start: () => Promise<Servers> = SERVERS['one server'], commandTimeoutMs = 1_000) {
  const servers = await start();
  const proxy = servers.nodes.length === 1 ? await FaultProxy.to(servers.url) : null;
  const client = openRedis('cacheUrl', proxy?.url ?? servers.url, { blocks: false });
  client.on('error', () => undefined); // the test makes it fail
  onTestFinished(async () => {
    client.disconnect();
    await proxy?.close();
    await servers.stop();
  });
  const { logger, lines } = recordingLogger();
  const tier = new RedisTier({ client, commandTimeoutMs, logger });
  await succeeds(() => Promise.all(KEYS.map((key) => tier.get(key))));
  const ran = async (command: string) => {
    const texts = await onEach(servers.nodes, (node) => node.info('commandstats'));
    const calls = texts.map((text) => new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(text)?.[1] ?? 0);
    return calls.reduce<number>((sum, count) => sum + Number(count), 0);
  };
  return { tier, client, proxy, lines, ran };
}

const KEYS = Array.from({ length: 40 }, (_, i) => `stats:large:${i}`);
const LARGE = Buffer.alloc(524_288, 'x');
const isLarge = (bytes: Buffer | null) => bytes?.length === LARGE.length;

test('given an idle server, the first 32 reads of a turn are one command, the others another one', async () => {
  const { tier, client, ran } = await tierOfOwn();
  const keys = Array.from({ length: 100 }, (_, i) => `stats:${i}`);
  await Promise.all(keys.map((key) => client.set(key, key)));
  await Promise.all(keys.map((key) => tier.get(key))); // their sizes are known from here on
  const before = await ran('mget');
  expect((await Promise.all(keys.map((key) => tier.get(key)))).map(String)).toEqual(keys);
  expect((await ran('mget')) - before).toBe(2);
  expect(await ran('get')).toBe(0);
});

test('given an idle server, the keys of one batch are one command', async () => {
  const { tier, client, ran } = await tierOfOwn();
  const keys = Array.from({ length: 100 }, (_, i) => `stats:${i}`);
  await Promise.all(keys.map((key) => client.set(key, key)));
  await tier.getMany(keys); // their sizes are known from here on
  const before = await ran('mget');
  expect((await tier.getMany(keys)).map(String)).toEqual(keys);
  expect((await ran('mget')) - before).toBe(1);
});

test('given a command in flight, the reads of a turn are one command', async () => {
  const { tier, ran } = await tierOfOwn();
  const before = await ran('mget');
  const first = tier.get('stats:first');
  await setImmediate(); // the gatherer has sent it before, so it is in flight
  await Promise.all([first, ...Array.from({ length: 40 }, (_, i) => tier.get(`stats:large:${i}`))]);
  expect((await ran('mget')) - before).toBe(2);
});

test('fewer than 32 reads of one turn of the event loop are one command', async () => {
  const { tier, ran } = await tierOfOwn();
  const before = await ran('mget');
  await Promise.all(Array.from({ length: 31 }, (_, i) => tier.get(`stats:large:${i}`)));
  expect((await ran('mget')) - before).toBe(1);
});

test('many concurrent reads use commands of bounded size', async () => {
  const { tier, ran } = await tierOfOwn();
  await Promise.all(Array.from({ length: 100 }, (_, i) => tier.get(`stats:before:${i}`)));
  const before = await ran('mget');
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => tier.get(`stats:before:${i}`)));
  expect((await ran('mget')) - before).toBe(5);
});

test('20,000 keys read in one turn are answered', async () => {
  const { tier, client } = await tierOfOwn();
  const keys = Array.from({ length: 20_000 }, (_, i) => `stats:${i}`);
  const value = Buffer.alloc(1_000, 'x');
  await Promise.all(keys.map((key) => client.set(key, value)));
  const bytes = await Promise.all(keys.map((key) => tier.get(key)));
  expect(bytes.filter((one) => one?.length === 1_000)).toHaveLength(20_000);
});

describe.each(Object.entries(SERVERS))('on %s', (_, start) => {
  test('given large entries, concurrent reads use commands of about a megabyte', async () => {
    const { tier, client, ran } = await tierOfOwn(start);
    await Promise.all(KEYS.map((key) => client.set(key, LARGE)));
    for (let i = 0; i < 2; i++) {
      const before = await ran('mget');
      expect((await Promise.all(KEYS.map((key) => tier.get(key)))).filter(isLarge)).toHaveLength(KEYS.length);
      if (i > 0) expect((await ran('mget')) - before).toBeGreaterThanOrEqual(KEYS.length / 2);
    }
  });
});

test('given slow but steady large answers, every read succeeds beyond the command’s time', async () => {
  const { tier, client, proxy, lines } = await tierOfOwn(SERVERS['one server'], 1_500);
  await Promise.all(KEYS.map((key) => client.set(key, LARGE)));
  proxy?.forward({ kind: 'paced', pauseMs: 6 }); // 20 MB in parts of 64 kB take at least 1.9 s
  expect((await Promise.all(KEYS.map((key) => tier.get(key)))).filter(isLarge)).toHaveLength(KEYS.length);
  expect(lines).toEqual([]);
});

test('given a frozen server, timed-out reads are counted and logged once', async () => {
  const { tier, proxy, lines } = await tierOfOwn(SERVERS['one server'], 500);
  proxy?.forward({ kind: 'blackhole' });
  for (let i = 0; i < 2; i++) {
    const settled = await Promise.allSettled(KEYS.map((key) => tier.get(key)));
    expect(settled.map((read) => read.status === 'rejected' && read.reason.code)).toEqual(
      KEYS.map(() => 'UNREACHABLE'),
    );
  }
  proxy?.forward({ kind: 'open' });
  // Reads that the open breaker rejects do not time out: they were never sent.
  const timedOut =
    /^warn the cache server did not answer (\d+) reads in time, which load from the origin \(timeout 500 ms without a byte; \1 reads since the start\)$/;
  expect(lines.filter((line) => line.includes('in time'))).toEqual([expect.stringMatching(timedOut)]);
});
