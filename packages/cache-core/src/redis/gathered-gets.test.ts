import { startRedis } from '@pilotlight/stack';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../logger.ts';
import { openRedis } from './open-redis.ts';
import { RedisTier } from './redis-tier.ts';
import { succeeds } from './testing/servers.ts';

/** A tier on a server by itself; how many of which command that server has run. */
async function tierOfOwn() {
  const server = await startRedis({ role: 'cache' });
  const client = openRedis('cacheUrl', server.url, { blocks: false });
  onTestFinished(async () => {
    client.disconnect();
    await server.stop();
  });
  const tier = new RedisTier({ client, commandTimeoutMs: 1_000, logger: silentLogger });
  await succeeds(() => tier.get('any'));
  const ran = async (command: string) =>
    Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await client.info('commandstats'))?.[1] ?? 0);
  return { tier, client, ran };
}

test('what readers ask for in one turn of the event loop is one command to the server', async () => {
  const { tier, client, ran } = await tierOfOwn();
  const keys = Array.from({ length: 100 }, (_, i) => `stats:${i}`);
  await client.mset(Object.fromEntries(keys.map((key) => [key, key])));
  const before = await ran('mget');
  expect((await Promise.all(keys.map((key) => tier.get(key)))).map(String)).toEqual(keys);
  expect((await ran('mget')) - before).toBe(1);
  expect(await ran('get')).toBe(0);
});

test('a flood of readers is served in commands of bounded size', async () => {
  const { tier, ran } = await tierOfOwn();
  const before = await ran('mget');
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => tier.get(`stats:${i}`)));
  expect((await ran('mget')) - before).toBe(4);
});

test('20,000 keys in one call are answered', async () => {
  const { tier, client } = await tierOfOwn();
  const keys = Array.from({ length: 20_000 }, (_, i) => `stats:${i}`);
  const value = Buffer.alloc(1_000, 'x');
  for (let i = 0; i < keys.length; i += 1_000)
    await client.mset(Object.fromEntries(keys.slice(i, i + 1_000).map((key) => [key, value])));
  const bytes = await tier.getMany(keys);
  expect(bytes.filter((one) => one?.length === 1_000)).toHaveLength(20_000);
});
