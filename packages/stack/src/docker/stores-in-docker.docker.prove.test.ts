import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ELASTICSEARCH_IMAGE } from '../elasticsearch/elasticsearch-in-docker.ts';
import { startElasticsearch } from '../elasticsearch/start-elasticsearch.ts';
import { elasticsearchContract } from '../elasticsearch/testing/elasticsearch-contract.ts';
import { POSTGRES_IMAGE } from '../postgres/postgres-in-docker.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { postgresContract } from '../postgres/testing/postgres-contract.ts';
import { REDIS_IMAGE } from '../redis/redis-in-docker.ts';
import { startRedis } from '../redis/start-redis.ts';
import { redisContract } from '../redis/testing/redis-contract.ts';
import { testDocker } from '../testing/vitest.ts';
import { LoopbackContainer, startContainerServer } from './container-server.ts';
import { runDocker } from './docker-cli.ts';
import { prepareImages } from './testing/images.ts';

// A machine with neither a Redis program nor programs of Postgres, but with Docker.
const WITHOUT_PROGRAMS = { PATH: '' };
// Each step of the setup has a limit of its own; this is their sum.
const SETUP_WITHIN_MS = 1_800_000;
const IMAGES = [REDIS_IMAGE, POSTGRES_IMAGE, ELASTICSEARCH_IMAGE];
const log = (line: string) => console.log(`  ${line}`);
const { arch } = process;

beforeAll(async () => {
  const docker = testDocker();
  vi.stubEnv('DOCKER_HOST', docker.host);
  // Its helper image may not be available; these tests stop their containers.
  vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true');
  await prepareImages(docker, IMAGES, log);
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

test('a container that ends at its start is reported with its log', async () => {
  const container = new LoopbackContainer(REDIS_IMAGE).withCommand(['sh', '-c', 'echo the reason; exit 1']);
  const server = { name: 'Redis', image: REDIS_IMAGE, url: '', port: 0, ask: () => Promise.resolve(), log };
  await expect(startContainerServer(container, server)).rejects.toMatchObject({
    code: 'SERVER_START_FAILED',
    message: expect.stringMatching(/Redis in Docker did not start: [\s\S]*The end of its log:\n {2}the reason/),
  });
});

test('docker-compose.yml uses the same images', () => {
  const compose = readFileSync(join(import.meta.dirname, '../../../../docker-compose.yml'), 'utf8');
  for (const image of IMAGES) expect(compose).toContain(`image: ${image}\n`);
});

describe('Redis in Docker', () => redisContract(WITHOUT_PROGRAMS));
describe('Postgres in Docker', () => postgresContract());
describe('Elasticsearch in Docker', () => {
  elasticsearchContract(async (dataDir) => {
    const server = await startElasticsearch({ dataDir, log });
    expect(server.how).toBe(`Docker (${ELASTICSEARCH_IMAGE})`);
    return server;
  });
});
