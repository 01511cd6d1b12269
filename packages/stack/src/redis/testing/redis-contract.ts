import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import type { RunningRedis } from '../../process/running-server.ts';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { type RedisOptions, startRedis } from '../start-redis.ts';

/** Connects to a server until the end of the test. */
export function clientOf(redis: RunningRedis): Redis {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 1 });
  // Some tests stop the server first.
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}

/** Returns a setting of a server. */
export async function setting(client: Redis, name: string): Promise<unknown> {
  const answer = await client.config('GET', name);
  return Array.isArray(answer) ? answer[1] : answer;
}

/** Registers the tests that hold for Redis wherever it runs. `env` is the environment in which a server is looked for. */
export function redisContract(env: NodeJS.ProcessEnv = process.env): void {
  const start = (options: RedisOptions) => startRedis({ ...options, env });

  test('the cache server has bounded memory, evicts by LRU and writes nothing to disk', async () => {
    const redis = await start({ role: 'cache' });
    onTestFinished(() => redis.stop());
    const client = clientOf(redis);
    expect(await setting(client, 'maxmemory')).toBe(String(256 * 1024 * 1024));
    expect(await setting(client, 'maxmemory-policy')).toBe('allkeys-lru');
    expect(await setting(client, 'appendonly')).toBe('no');
    expect(await setting(client, 'save')).toBe('');
  });

  test('the queue server evicts nothing and appends to a file every second', async () => {
    const redis = await start({ role: 'queue' });
    onTestFinished(() => redis.stop());
    const client = clientOf(redis);
    expect(await setting(client, 'maxmemory-policy')).toBe('noeviction');
    expect(await setting(client, 'appendonly')).toBe('yes');
    expect(await setting(client, 'appendfsync')).toBe('everysec');
  });

  test('the next server finds a persistent data directory and its password', async () => {
    const dataDir = temporaryDirectory();
    const first = await start({ role: 'queue', dataDir });
    await clientOf(first).set('kept', 'yes');
    await first.stop();

    const second = await start({ role: 'queue', dataDir });
    onTestFinished(() => second.stop());
    expect(await clientOf(second).get('kept')).toBe('yes');
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });

  test('a killed server restarts on the same port', async () => {
    const redis = await start({ role: 'cache' });
    onTestFinished(() => redis.stop());
    const { url } = redis;
    redis.kill('SIGKILL');
    await redis.restart();
    expect(redis.url).toBe(url);
    expect(await clientOf(redis).ping()).toBe('PONG');
  });

  test('a frozen server can be stopped', async () => {
    const redis = await start({ role: 'cache' });
    redis.kill('SIGSTOP');
    await redis.stop();
    await expect(clientOf(redis).ping()).rejects.toThrow();
  });
}
