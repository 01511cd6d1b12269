import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commandLineOf } from '../process/identity.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { startRedis } from './start-redis.ts';
import { clientOf, redisContract, setting } from './testing/redis-contract.ts';

redisContract();

test('the server listens on the loopback interface only', async () => {
  const redis = await startRedis({ role: 'cache' });
  onTestFinished(() => redis.stop());
  expect(await setting(clientOf(redis), 'bind')).toBe('127.0.0.1');
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
