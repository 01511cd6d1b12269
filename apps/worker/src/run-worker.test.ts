import { openQueues, readConfig } from '@pilotlight/runtime';
import { startPostgres, startRedis } from '@pilotlight/stack';
import { migratedDatabase, signalPostgres, testServices } from '@pilotlight/stack/vitest';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { openDeps } from './deps.ts';
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

test('a start with the queue server down waits for it, logs that once, and ends in order', async () => {
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

test('a shutdown while it waits for its services ends it', async () => {
  const nowhere = { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x', REDIS_CACHE_URL: 'redis://127.0.0.1:1' };
  const { logger, lines } = collectingLogger();
  const worker = createWorkerProcess(readConfig({ ...nowhere, REDIS_QUEUE_URL: 'redis://127.0.0.1:1' }), logger);
  const started = worker.start();
  await expect.poll(() => lines.some((line) => line.startsWith('waiting for')), POLL).toBe(true);
  await Promise.all([endInOrder(worker), expect(started).rejects.toMatchObject({ name: 'AbortError' })]);
});

test('given an evicting queue server, a worker takes no jobs and logs why, once', async () => {
  const [evicting, database] = await Promise.all([startRedis({ role: 'cache' }), migratedDatabase()]);
  const { logger, lines } = collectingLogger();
  const { REDIS_QUEUE_URL: cacheUrl } = testServices();
  const env = { DATABASE_URL: database.url, REDIS_CACHE_URL: cacheUrl, REDIS_QUEUE_URL: evicting.url };
  const worker = createWorkerProcess(readConfig(env), logger);
  const started = worker.start();
  const said = () =>
    lines.filter((line) => line.startsWith('waiting for the queue server: the queue server is refused: '));
  await expect.poll(said, POLL).toEqual([expect.stringMatching(/maxmemory-policy allkeys-lru/)]);
  expect(lines).not.toContain('Worker ready');
  await Promise.all([endInOrder(worker), expect(started).rejects.toMatchObject({ name: 'AbortError' })]);
  await Promise.all([evicting.stop(), database.drop()]);
});

test('given a queue server that becomes evicting while a worker runs, no jobs are taken until it is noeviction again', async () => {
  const [cache, queue, database] = await Promise.all([
    startRedis({ role: 'cache' }),
    startRedis({ role: 'queue' }),
    migratedDatabase(),
  ]);
  const { logger, lines } = collectingLogger();
  const config = readConfig({ DATABASE_URL: database.url, REDIS_CACHE_URL: cache.url, REDIS_QUEUE_URL: queue.url });
  const worker = createWorkerProcess(config, logger);
  await worker.start();
  const observer = openDeps(config, collectingLogger().logger);
  await expect.poll(() => observer.producer.status, POLL).toBe('ready');
  const queues = openQueues(observer.producer, logger);
  const admin = new Redis(queue.url);
  /** Clients read a server's policy at each connection, so this closes their connections. */
  const setPolicy = async (policy: string) => {
    await admin.config('SET', 'maxmemory-policy', policy);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  };
  const jobIds = Array.from({ length: 8 }, (_, n) => `after-${n}`);
  const stateOf = async (id: string) => (await queues.of('maintenance').getJob(id))?.getState();
  const states = () => Promise.all(jobIds.map(stateOf));
  const said = (text: string) => lines.filter((line) => line.startsWith(text));

  await setPolicy('allkeys-lru');
  await expect
    .poll(() => said('taking no jobs: the queue server is refused: '), POLL)
    .toEqual([expect.stringContaining('maxmemory-policy allkeys-lru')]);
  await expect.poll(() => observer.producer.status, POLL).toBe('ready');
  for (const jobId of jobIds) await queues.add('sweep-outbox', {}, { jobId });
  // The worker may have requested one job before it was paused.
  await expect.poll(() => queues.of('maintenance').getActiveCount(), POLL).toBe(0);
  expect((await states()).filter((state) => state !== 'waiting').length).toBeLessThanOrEqual(1);

  await setPolicy('noeviction');
  await expect.poll(() => said('the queue server is accepted again'), POLL).toHaveLength(1);
  await expect.poll(states, POLL).toEqual(jobIds.map(() => 'completed'));
  await endInOrder(worker);
  admin.disconnect();
  await queues.close();
  await observer.close();
  await Promise.all([cache.stop(), queue.stop(), database.drop()]);
});

test('given a frozen database, every step of the shutdown ends, and the active job returns to its queue', async () => {
  const [cache, queue, postgres] = await Promise.all([
    startRedis({ role: 'cache' }),
    startRedis({ role: 'queue' }),
    startPostgres(),
  ]);
  onTestFinished(async () => {
    signalPostgres(postgres, 'SIGCONT');
    await Promise.all([cache.stop(), queue.stop(), postgres.stop()]);
  });
  const env = { DATABASE_URL: postgres.url, REDIS_CACHE_URL: cache.url, REDIS_QUEUE_URL: queue.url };
  const { logger, lines } = collectingLogger();
  const config = readConfig(env);
  const worker = createWorkerProcess(config, logger);
  await worker.start();
  const observer = openDeps(config, collectingLogger().logger);
  onTestFinished(() => observer.close());
  await expect.poll(() => observer.producer.status, POLL).toBe('ready');
  const queues = openQueues(observer.producer, logger);
  onTestFinished(() => queues.close());
  signalPostgres(postgres, 'SIGSTOP');
  await queues.add('sweep-outbox', {}, { jobId: 'under-way' });
  const stateOf = async (id: string) => (await queues.of('maintenance').getJob(id))?.getState();
  await expect.poll(() => stateOf('under-way'), POLL).toBe('active');
  const [first, ...rest] = worker.shutdown;
  await first?.run();
  // Added after the intake stopped, while active jobs drain.
  await queues.add('warm-keys', { reason: 'scheduled', prefixes: ['files'] }, { jobId: 'too-late' });
  for (const step of rest) await step.run();
  // Waiting if its handler hung, or delayed if the handler found the database unreachable.
  expect(['waiting', 'delayed']).toContain(await stateOf('under-way'));
  expect((await queues.of('warming').getJob('too-late'))?.attemptsStarted).toBe(0);
  expect(lines).not.toContain('jobs are still active after their cancellation: another worker takes them over');
});
