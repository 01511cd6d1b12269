import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { commandLineOf } from '../process/identity.ts';
import type { RunningRedis } from '../process/running-server.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { startRedis } from './start-redis.ts';

function clientOf(redis: RunningRedis): Redis {
  const client = new Redis(redis.url);
  // Some tests stop the server first.
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}

async function setting(client: Redis, name: string): Promise<unknown> {
  const answer = await client.config('GET', name);
  return Array.isArray(answer) ? answer[1] : answer;
}

test('the cache server has bounded memory, evicts by LRU and writes nothing to disk', async () => {
  const redis = await startRedis({ role: 'cache' });
  onTestFinished(() => redis.stop());
  const client = clientOf(redis);
  expect(await setting(client, 'maxmemory')).toBe(String(256 * 1024 * 1024));
  expect(await setting(client, 'maxmemory-policy')).toBe('allkeys-lru');
  expect(await setting(client, 'appendonly')).toBe('no');
  expect(await setting(client, 'save')).toBe('');
  expect(await setting(client, 'bind')).toBe('127.0.0.1');
});

test('the queue server evicts nothing and appends to a file every second', async () => {
  const redis = await startRedis({ role: 'queue' });
  onTestFinished(() => redis.stop());
  const client = clientOf(redis);
  expect(await setting(client, 'maxmemory-policy')).toBe('noeviction');
  expect(await setting(client, 'appendonly')).toBe('yes');
  expect(await setting(client, 'appendfsync')).toBe('everysec');
});

test('the next server finds a persistent data directory and its password', async () => {
  const dataDir = temporaryDirectory();
  const first = await startRedis({ role: 'queue', dataDir });
  await clientOf(first).set('kept', 'yes');
  await first.stop();

  const second = await startRedis({ role: 'queue', dataDir });
  onTestFinished(() => second.stop());
  expect(await clientOf(second).get('kept')).toBe('yes');
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
});

test('the password is only in files that their owner can read, not on the command line', async () => {
  const dataDir = temporaryDirectory();
  const redis = await startRedis({ role: 'cache', dataDir });
  onTestFinished(() => redis.stop());
  const { password } = new URL(redis.url);
  expect(password.length).toBeGreaterThan(20);
  expect(commandLineOf(redis.pid ?? 0)).not.toContain(password);
  for (const file of ['password', 'redis.conf']) expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0);
});

test('a killed server restarts on the same port', async () => {
  const redis = await startRedis({ role: 'cache' });
  onTestFinished(() => redis.stop());
  const { url, pid } = redis;
  redis.kill('SIGKILL');
  await redis.restart();
  expect(redis.url).toBe(url);
  expect(redis.pid).not.toBe(pid);
  expect(await clientOf(redis).ping()).toBe('PONG');
});

test('a frozen server can be stopped', async () => {
  const redis = await startRedis({ role: 'cache' });
  redis.kill('SIGSTOP');
  await redis.stop();
  expect(redis.pid).toBeNull();
});

test('a throw-away server leaves no file behind', async () => {
  const redis = await startRedis({ role: 'queue' });
  const client = clientOf(redis);
  const directory = String(await setting(client, 'dir'));
  expect(readdirSync(directory)).toContain('appendonlydir');
  await redis.stop();
  expect(existsSync(directory)).toBe(false);
});

test('without a program, Docker or permission to install, the error names every way to get Redis', async () => {
  const dockerHost = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
  onTestFinished(() => {
    if (dockerHost === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = dockerHost;
  });
  await expect(startRedis({ role: 'cache', env: { PATH: '' } })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringMatching(
      /redis-server or valkey-server on PATH[\s\S]*Docker[\s\S]*apt-get[\s\S]*REDIS_CACHE_URL/,
    ),
  });
});
