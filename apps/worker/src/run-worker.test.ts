import { readConfig } from '@pilotlight/runtime';
import { startRedis } from '@pilotlight/stack';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import { expect, test } from 'vitest';
import { createWorkerProcess } from './run-worker.ts';
import { collectingLogger, POLL } from './testing/open-test-world.ts';

async function endInOrder(worker: ReturnType<typeof createWorkerProcess>): Promise<string[]> {
  const ran: string[] = [];
  for (const { name, run } of worker.shutdown) {
    await run();
    ran.push(name);
  }
  return ran;
}

test('a start with the queue server away waits for it, says so once, and ends in order', async () => {
  const [cache, queue, database] = await Promise.all([
    startRedis({ role: 'cache' }),
    startRedis({ role: 'queue' }),
    migratedDatabase(),
  ]);
  queue.kill('SIGKILL');
  const { logger, lines } = collectingLogger();
  const env = { DATABASE_URL: database.url, REDIS_CACHE_URL: cache.url, REDIS_QUEUE_URL: queue.url };
  const worker = createWorkerProcess(readConfig(env), logger);
  const started = worker.start();
  const said = (text: string) => lines.filter((line) => line.startsWith(text)).length;
  await expect.poll(() => said('waiting for the queue server'), POLL).toBe(1);
  await queue.restart();
  await started;
  expect(said('waiting for the queue server')).toBe(1);
  expect(lines).toContain('the queue server answers');
  expect(lines).toContain('Worker ready');
  expect(lines.join('\n')).not.toContain(new URL(queue.url).password);
  expect(await endInOrder(worker)).toEqual(['stop intake', 'drain', 'flush', 'close']);
  await Promise.all([cache.stop(), queue.stop(), database.drop()]);
});

test('told to end while it waits for its services, it ends', async () => {
  const nowhere = { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x', REDIS_CACHE_URL: 'redis://127.0.0.1:1' };
  const { logger, lines } = collectingLogger();
  const worker = createWorkerProcess(readConfig({ ...nowhere, REDIS_QUEUE_URL: 'redis://127.0.0.1:1' }), logger);
  const started = worker.start();
  await expect.poll(() => lines.some((line) => line.startsWith('waiting for')), POLL).toBe(true);
  await Promise.all([endInOrder(worker), expect(started).rejects.toMatchObject({ name: 'AbortError' })]);
});

test('given an evicting queue server, a worker takes no jobs and says why, once', async () => {
  const [evicting, database] = await Promise.all([
    startRedis({ role: 'cache' }),
    createDatabase(testServices().DATABASE_URL),
  ]);
  const { logger, lines } = collectingLogger();
  const { REDIS_QUEUE_URL: cacheUrl } = testServices();
  const env = { DATABASE_URL: database.url, REDIS_CACHE_URL: cacheUrl, REDIS_QUEUE_URL: evicting.url };
  const worker = createWorkerProcess(readConfig(env), logger);
  const started = worker.start();
  const said = () => lines.filter((line) => line.startsWith('waiting for the queue server: it is refused: '));
  await expect.poll(said, POLL).toEqual([expect.stringMatching(/maxmemory-policy allkeys-lru/)]);
  expect(lines).not.toContain('Worker ready');
  await Promise.all([endInOrder(worker), expect(started).rejects.toMatchObject({ name: 'AbortError' })]);
  await Promise.all([evicting.stop(), database.drop()]);
});
