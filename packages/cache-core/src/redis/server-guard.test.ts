import { startRedis } from '@pilotlight/stack';
import { startRedisCluster } from '@pilotlight/stack/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../testing/index.ts';
import { masterOf, openRedis, type RedisClient } from './open-redis.ts';
import { ServerGuard } from './server-guard.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { type Servers, serversOf, succeeds } from './testing/servers.ts';

const SERVERS = {
  'one server': async () => serversOf(await startRedis({ role: 'cache' })),
  'a Redis Cluster': async () => serversOf(await startRedisCluster({ role: 'cache' })),
};
const OPEN_FOR_MS = 1_000;
const KEYS = Array.from({ length: 60 }, (_, i) => `key-${i}`);

describe.each(Object.entries(SERVERS))('the guard of %s', (_, start) => {
  let servers: Servers;
  let client: RedisClient;
  beforeAll(async () => {
    servers = await start();
    client = openRedis('cacheUrl', servers.url, { blocks: false });
    client.on('error', () => undefined); // the test freezes it
    await succeeds(() => Promise.all(KEYS.map((key) => client.get(key))));
  });
  afterAll(async () => {
    client.disconnect();
    await servers.stop();
  });

  /** Commands about `key-0`, whose server can be frozen, through a guard whose breaker uses the test's clock. */
  function guarded() {
    const clock = new ManualClock();
    const { logger, lines } = recordingLogger();
    const guard = new ServerGuard({ client, what: 'the server', commandTimeoutMs: 500, logger, clock });
    let sent = 0;
    const ask = (key = 'key-0') =>
      guard.run(key, () => {
        sent++;
        return client.get(key);
      });
    const address = masterOf(client, 'key-0');
    const server = servers.nodes.find(({ port }) => address === '' || address.endsWith(`:${port}`));
    onTestFinished(() => server?.kill('SIGCONT'));
    return { ask, clock, lines, server, sent: () => sent };
  }
  const unreachable = { code: 'UNREACHABLE' };

  test('a frozen server delays three commands; later ones fail without being sent', async () => {
    const { ask, server, lines, sent } = guarded();
    expect(await ask()).toBeNull();
    server?.kill('SIGSTOP');
    for (let i = 0; i < 3; i++) await expect(ask()).rejects.toMatchObject(unreachable);
    for (let i = 0; i < 100; i++) await expect(ask()).rejects.toMatchObject(unreachable);
    expect(sent()).toBe(4);
    expect(lines).toEqual([expect.stringMatching(/^warn the server( 127\.0\.0\.1:\d+)? does not answer/)]);
  });

  test('one probe at a time detects recovery without a waiting caller, and is logged once', async () => {
    const { ask, server, clock, lines, sent } = guarded();
    server?.kill('SIGSTOP');
    for (let i = 0; i < 3; i++) await expect(ask()).rejects.toMatchObject(unreachable);
    for (let i = 0; i < 3; i++) {
      await clock.advance(OPEN_FOR_MS);
      // Each is rejected immediately; the commands sent before show that none of them was the probe.
      await expect(Promise.race([ask(), Promise.resolve('waiting')])).rejects.toMatchObject(unreachable);
      await Promise.allSettled([ask(), ask()]);
    }
    expect(sent()).toBe(3);
    server?.kill('SIGCONT');
    await succeeds(async () => {
      await clock.advance(OPEN_FOR_MS);
      expect(await ask()).toBeNull();
    });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'info']);
  });

  test('non-consecutive failures do not open the breaker', async () => {
    const { ask, server } = guarded();
    for (let i = 0; i < 5; i++) {
      server?.kill('SIGSTOP');
      await expect(ask()).rejects.toMatchObject(unreachable);
      server?.kill('SIGCONT');
      await succeeds(() => ask());
    }
  });
});

test('in a Cluster only the frozen master is skipped', async () => {
  const servers = serversOf(await startRedisCluster({ role: 'cache' }));
  const client = openRedis('cacheUrl', servers.url, { blocks: false });
  onTestFinished(async () => {
    client.disconnect();
    servers.signal('SIGCONT');
    await servers.stop();
  });
  await succeeds(() => Promise.all(KEYS.map((key) => client.get(key))));
  const { logger, lines } = recordingLogger();
  const guard = new ServerGuard({ client, what: 'the server', commandTimeoutMs: 1_000, logger });
  const frozen = masterOf(client, 'key-0');
  servers.nodes.find(({ port }) => frozen.endsWith(`:${port}`))?.kill('SIGSTOP');
  const statuses = async () =>
    (await Promise.allSettled(KEYS.map((key) => guard.run(key, () => client.get(key))))).map(({ status }) => status);
  const expected = KEYS.map((key) => (masterOf(client, key) === frozen ? 'rejected' : 'fulfilled'));
  expect(await statuses()).toEqual(expected);
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 30_000 });
  expect(await statuses()).toEqual(expected);
});
