import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { POSTGRES_IMAGE } from '../postgres/postgres-in-docker.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { postgresContract } from '../postgres/testing/postgres-contract.ts';
import { REDIS_IMAGE } from '../redis/redis-in-docker.ts';
import { startRedis } from '../redis/start-redis.ts';
import { redisContract } from '../redis/testing/redis-contract.ts';
import { testDocker } from '../testing/vitest.ts';
import { runDocker } from './docker-cli.ts';
import { prepareImages } from './testing/images.ts';

// A machine with neither a Redis program nor programs of Postgres, but with Docker.
const WITHOUT_PROGRAMS = { PATH: '' };
const SETUP_WITHIN_MS = 900_000;
const { arch } = process;

beforeAll(async () => {
  const docker = testDocker();
  vi.stubEnv('DOCKER_HOST', docker.host);
  // Its helper image may not be available; these tests stop their containers.
  vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true');
  await prepareImages(docker, [REDIS_IMAGE, POSTGRES_IMAGE], (line) => console.log(`  ${line}`));
  Object.defineProperty(process, 'arch', { value: 'unknown' });
}, SETUP_WITHIN_MS);
afterAll(() => {
  Object.defineProperty(process, 'arch', { value: arch });
  vi.unstubAllEnvs();
});

test('without a program on PATH, both servers run in Docker on the loopback interface', async () => {
  const redis = await startRedis({ role: 'cache', env: WITHOUT_PROGRAMS });
  onTestFinished(() => redis.stop());
  const postgres = await startPostgres({});
  onTestFinished(() => postgres.stop());
  expect([redis.how, postgres.how]).toEqual([`Docker (${REDIS_IMAGE})`, `Docker (${POSTGRES_IMAGE})`]);
  const ports = await runDocker(testDocker(), ['ps', '--format', '{{.Ports}}']);
  expect(ports).toContain(`127.0.0.1:${redis.port}->6379/tcp`);
  expect(ports).toContain(`127.0.0.1:${postgres.port}->5432/tcp`);
  expect(ports).not.toContain('0.0.0.0:');
});

test('docker-compose.yml uses the same images', () => {
  const compose = readFileSync(join(import.meta.dirname, '../../../../docker-compose.yml'), 'utf8');
  for (const image of [REDIS_IMAGE, POSTGRES_IMAGE]) expect(compose).toContain(`image: ${image}\n`);
});

describe('Redis in Docker', () => redisContract(WITHOUT_PROGRAMS));
describe('Postgres in Docker', () => postgresContract());
