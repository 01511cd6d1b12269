import { randomUUID } from 'node:crypto';
import { JOBS, QUEUES } from '@pilotlight/contracts';
import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { startRedisCluster } from '@pilotlight/stack/testing';
import { Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from './logger.ts';
import { connectProducer, connectWorkerConnection, queueOptions } from './queue-connection.ts';
import { openQueues, type Queues } from './queues.ts';

const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });
const event = () => ({
  id: randomUUID(),
  type: 'file.uploaded' as const,
  version: 1 as const,
  at: new Date(0).toISOString(),
  fileId: randomUUID(),
});

let redis: RunningRedis;
let queues: Queues;
beforeAll(async () => {
  redis = await startRedis({ role: 'queue' });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  const connection = connectProducer(redis.url, logger);
  queues = openQueues(connection, logger);
  await vi.waitUntil(() => connection.status === 'ready', { timeout: 30_000 });
});
afterEach(() => queues.close());

test('there is a queue for each kind of work', () => {
  expect(queues.all.map(({ name }) => name)).toEqual([...QUEUES]);
});

test('a job goes to its queue, with the tries and the backoff of the catalogue', async () => {
  const data = { event: event() };
  await queues.add('ingest-file', data, { jobId: 'one' });
  const job = await queues.of('ingest').getJob('one');
  expect(job).toMatchObject({
    name: 'ingest-file',
    data,
    opts: {
      attempts: JOBS['ingest-file'].attempts,
      backoff: { type: 'exponential', delay: JOBS['ingest-file'].backoffMs },
    },
  });
});

test('a job whose id exists is not added again', async () => {
  const before = await queues.of('invalidation').getJobCountByTypes('waiting');
  for (let i = 0; i < 3; i++) await queues.add('apply-event', { event: event() }, { jobId: 'same' });
  expect(await queues.of('invalidation').getJobCountByTypes('waiting')).toBe(before + 1);
});

test.for(['SIGSTOP', 'SIGKILL'] as const)(
  'with the server gone (%s) adding is refused in bounded time',
  async (signal) => {
    redis.kill(signal);
    const adding = queues.add('sweep-outbox', {});
    await expect(adding).rejects.toThrow(/./);
    if (signal === 'SIGSTOP') redis.kill('SIGCONT');
    else await redis.restart();
  },
);

test('a server that returns is used again', async () => {
  const isAdded = () =>
    queues.add('sweep-outbox', {}).then(
      () => true,
      () => false,
    );
  await expect.poll(isAdded).toBe(true);
});

test('on a Redis Cluster, jobs of each queue are run', async () => {
  const cluster = await startRedisCluster({ role: 'queue' });
  const [producer, connection] = [connectProducer(cluster.url, logger), connectWorkerConnection(cluster.url, logger)];
  const onCluster = openQueues(producer, logger);
  const done: string[] = [];
  const workers = QUEUES.map(
    (queue) => new Worker(queue, async ({ name }) => done.push(name), queueOptions(connection, queue)),
  );
  for (const worker of workers) worker.on('error', () => undefined);
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    connection.disconnect();
    await onCluster.close();
    await cluster.stop();
  });
  await vi.waitUntil(() => producer.status === 'ready', { timeout: 30_000 });
  await vi.waitFor(() => onCluster.add('ingest-file', { event: event() }, { jobId: 'one' }), { timeout: 30_000 });
  await onCluster.add('sweep-outbox', {});
  await onCluster.add('warm-keys', { reason: 'invalidated', prefixes: ['files'] }, { deduplicationId: 'files' });
  await vi.waitFor(() => expect([...done].sort()).toEqual(['ingest-file', 'sweep-outbox', 'warm-keys']), {
    timeout: 30_000,
  });
});
