import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  connectProducer,
  connectWorkerConnection,
  problemOf,
  type QueueConnection,
  queueOptions,
} from './queue-connection.ts';
import { openQueues, type Queues } from './queues.ts';
import { isServerRefusal } from './server-access.ts';
import { type StableAddress, stableAddress } from './testing/stable-address.ts';

const WAIT = { timeout: 30_000, interval: 20 };

let first: RunningRedis;
let second: RunningRedis;
let address: StableAddress;
let admins: [Redis, Redis];
let lines: string[];
let producer: QueueConnection;
let workerConnection: QueueConnection;
let queues: Queues;
let worker: Worker;
let done: string[];
let errors: Error[];

beforeEach(async () => {
  [first, second] = await Promise.all([startRedis({ role: 'queue' }), startRedis({ role: 'queue' })]);
  const { password } = new URL(first.url);
  const other = new Redis(second.url);
  await other.config('SET', 'requirepass', password);
  const ofFirst = new Redis(first.url);
  for (const admin of [ofFirst, other]) await admin.config('SET', 'masterauth', password);
  await other.replicaof('127.0.0.1', first.port);
  admins = [ofFirst, other];
  address = await stableAddress(first.url);
  lines = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(String(JSON.parse(line).msg)) });
  producer = connectProducer(address.url, logger);
  workerConnection = connectWorkerConnection(address.url, logger);
  queues = openQueues(producer, logger);
  done = [];
  errors = [];
  const options = { ...queueOptions(workerConnection, 'maintenance'), runRetryDelay: 100 };
  worker = new Worker('maintenance', async ({ id }) => done.push(id ?? ''), options);
  worker.on('error', (error) => errors.push(error));
  await expectWork('before');
});
afterEach(async () => {
  await worker.close();
  workerConnection.disconnect();
  await queues.close();
  for (const admin of admins) admin.disconnect();
  await address.close();
  await Promise.all([first.stop(), second.stop()]);
});

/** Adds a job repeatedly, like the relay, until it is done. */
async function expectWork(jobId: string): Promise<void> {
  await vi.waitFor(() => queues.add('sweep-outbox', {}, { jobId }), WAIT);
  await vi.waitFor(() => expect(done).toContain(jobId), WAIT);
}

async function failOver(): Promise<void> {
  const [ofFirst, ofSecond] = admins;
  await vi.waitFor(async () => expect(await ofSecond.info('replication')).toContain('master_link_status:up'), WAIT);
  address.switchTo(second.port);
  await ofSecond.replicaof('NO', 'ONE');
  await ofFirst.replicaof('127.0.0.1', second.port);
}

const refusalsOf = (connection: string) => lines.filter((line) => line.includes(`refuses the ${connection}`));
const acceptedAgain = (connection: string) => `the queue server accepts the ${connection} again`;

describe('given a queue server that fails over behind its address, with connections left on the demoted one', () => {
  test('jobs are added and done again without a restart, and each connection logs it once', async () => {
    await failOver();
    await expectWork('after');
    await vi.waitFor(() => expect(lines).toContain(acceptedAgain('worker connection')), WAIT);
    expect(refusalsOf('worker connection')).toHaveLength(1);
    expect(refusalsOf('queue connection').length).toBeLessThanOrEqual(1);
    expect(errors.filter((error) => !isServerRefusal(error))).toEqual([]);
  });

  test('a worker that waits for a job meanwhile continues, although its wait ends with UNBLOCKED', async () => {
    await vi.waitFor(async () => expect(await admins[0].client('LIST')).toContain('cmd=bzpopmin'), WAIT);
    await failOver();
    await vi.waitFor(async () => expect(await admins[1].client('LIST')).toContain('cmd=bzpopmin'), WAIT);
    await expectWork('after');
  });
});

test('given a password that changes and changes back, the worker continues, and it is logged once', async () => {
  const [admin] = admins;
  const { password } = new URL(first.url);
  await admin.config('SET', 'requirepass', 'another-one');
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await vi.waitFor(() => expect(problemOf(workerConnection)).toMatch(/^WRONGPASS/), WAIT);
  await vi.waitFor(() => expect(problemOf(producer)).toMatch(/^WRONGPASS/), WAIT);
  // Several tries; each fails all waiting commands.
  await vi.waitFor(() => expect(errors.length).toBeGreaterThan(5), WAIT);
  await admin.config('SET', 'requirepass', password);
  await expectWork('after');
  await vi.waitFor(() => expect(lines).toContain(acceptedAgain('worker connection')), WAIT);
  await vi.waitFor(() => expect(lines).toContain(acceptedAgain('queue connection')), WAIT);
  for (const connection of ['worker connection', 'queue connection']) {
    expect(refusalsOf(connection)).toEqual([expect.stringMatching(/WRONGPASS.*REDIS_QUEUE_URL/)]);
  }
  expect(errors.every(isServerRefusal)).toBe(true);
  expect(problemOf(producer)).toBeNull();
});

test('given a server without memory for writes, the worker waits without spinning and continues once there is room', async () => {
  const [admin] = admins;
  await admin.config('SET', 'maxmemory', '1');
  await expect(queues.add('sweep-outbox', {}, { jobId: 'refused' })).rejects.toThrow(/OOM/);
  await admin.config('SET', 'maxmemory', '0');
  await expectWork('after');
});

test('given rediss:// and a server without TLS, the log says so once', async () => {
  const secure = address.url.replace('redis:', 'rediss:');
  const connection = connectProducer(secure, pino({}, { write: (line: string) => lines.push(JSON.parse(line).msg) }));
  await vi.waitFor(() => expect(problemOf(connection)).toMatch(/rediss:\/\/.*TLS/), WAIT);
  connection.disconnect();
  expect(lines.filter((line) => /unreachable.*REDIS_QUEUE_URL starts with rediss:/.test(line))).toHaveLength(1);
});
