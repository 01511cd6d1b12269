import { OriginUnavailable } from '@pilotlight/origin';
import { problemOf } from '@pilotlight/runtime';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Handlers } from './handler.ts';
import { startWorkers, type Workers } from './start-workers.ts';
import { jobsOf, openTestWorld, POLL, type TestWorld } from './testing/open-test-world.ts';

let world: TestWorld;
let workers: Workers | null = null;

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(async () => {
  await workers?.close();
  workers = null;
  await world.close();
});

const nothing = async () => ({});

function start(handlers: Partial<Handlers>): void {
  const jobs = { 'ingest-file': nothing, 'apply-event': nothing, 'purge-file': nothing, 'apply-retention': nothing };
  workers = startWorkers({
    connection: world.deps.workerConnection,
    handlers: { ...jobs, 'warm-keys': nothing, 'audit-freshness': nothing, 'sweep-outbox': nothing, ...handlers },
    logger: world.logger,
    invalidateEverything: async () => undefined,
    drainMs: 100,
  });
}

const job = async (id: string) => (await jobsOf(world.queues, 'warming')).get(id);
const state = async (id: string) => (await job(id))?.getState();
const WARM = { reason: 'invalidated', prefixes: ['files'] } as const;
const add = (jobId: string) => world.queues.add('warm-keys', { ...WARM, prefixes: ['files'] }, { jobId });

describe('workers', () => {
  test('a payload that does not match the catalogue fails at once with its fields named, and the queue continues', async () => {
    const ran: object[] = [];
    start({
      'warm-keys': async (data) => {
        ran.push(data);
        return { warmed: true };
      },
    });
    await world.queues.of('warming').add('warm-keys', { reason: 'boredom' }, { jobId: 'poison', attempts: 5 });
    await world.queues.of('warming').add('no-such-job', {}, { jobId: 'unknown', attempts: 5 });
    await add('good');
    await expect.poll(() => state('good'), POLL).toBe('completed');
    expect((await job('good'))?.returnvalue).toEqual({ warmed: true });
    await expect.poll(() => state('poison'), POLL).toBe('failed');
    const poison = await job('poison');
    expect(poison?.attemptsMade).toBe(1);
    expect(poison?.failedReason).toMatch(
      /^job warm-keys poison does not carry what it should: data\.reason: .+; data\.prefixes: /,
    );
    await expect.poll(() => state('unknown'), POLL).toBe('failed');
    expect((await job('unknown'))?.failedReason).toMatch(
      /unknown job name, expected one of warm-keys, audit-freshness$/,
    );
    expect(ran).toEqual([WARM]);
  });

  test('a job with an unreachable dependency waits for it without using up a try', async () => {
    let isThere = false;
    let runs = 0;
    start({
      'warm-keys': async () => {
        runs++;
        if (!isThere) throw new OriginUnavailable('the database is away');
        return {};
      },
    });
    await add('patient');
    await expect.poll(() => runs, POLL).toBeGreaterThan(1);
    isThere = true;
    await expect.poll(() => state('patient'), POLL).toBe('completed');
    expect((await job('patient'))?.attemptsMade).toBe(1);
    expect(world.lines.filter((line) => line.includes('jobs of warming are delayed'))).toEqual([
      'jobs of warming are delayed: the database is away',
    ]);
    await expect.poll(() => world.lines, POLL).toContain('jobs of warming run again');
  });

  test('a failing job is tried as often as the catalogue says, then kept for inspection', async () => {
    start({ 'warm-keys': () => Promise.reject(new Error('a bug')) });
    await add('faulty');
    await expect.poll(() => state('faulty'), POLL).toBe('failed');
    expect((await job('faulty'))?.attemptsMade).toBe(3);
    expect(world.lines).toContain('job warm-keys faulty failed (try 1 of 3): a bug');
    expect(world.lines).toContain('job warm-keys faulty failed for good (try 3 of 3): a bug');
  });

  test('at shutdown, a job that takes too long returns to its queue with all its tries', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    start({
      'warm-keys': (_, { signal }) => {
        begin();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled'))));
      },
    });
    await add('long');
    await begun;
    await workers?.close();
    await expect.poll(() => state('long'), POLL).toBe('waiting');
    expect((await job('long'))?.attemptsMade).toBe(0);
    start({});
    await expect.poll(() => state('long'), POLL).toBe('completed');
  });

  test('given a handler that hangs and ignores its signal, its job still returns to the queue at shutdown', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    start({
      'warm-keys': () => {
        begin();
        return new Promise(() => undefined);
      },
    });
    await add('hanging');
    await begun;
    await workers?.close();
    // Closing waits only a limited time for the queue server's answer.
    await expect.poll(() => state('hanging'), POLL).toBe('waiting');
    expect((await job('hanging'))?.attemptsMade).toBe(0);
  });

  test('given a changed password of the queue server, each connection logs it once', async () => {
    start({});
    await add('before');
    await expect.poll(() => state('before'), POLL).toBe('completed');
    const { password } = new URL(world.queueServer.url);
    const admin = world.queueClient;
    await admin.config('SET', 'requirepass', 'another-one');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const refusals = () => world.lines.filter((line) => line.includes('WRONGPASS'));
    await expect.poll(() => refusals().length, POLL).toBeGreaterThanOrEqual(2);
    await expect.poll(() => problemOf(world.deps.workerConnection), POLL).toMatch(/^WRONGPASS/);
    await admin.config('SET', 'requirepass', password);
    await vi.waitFor(() => add('after'), POLL);
    await expect.poll(() => state('after'), POLL).toBe('completed');
    expect(refusals().filter((line) => line.startsWith('worker of'))).toEqual([]);
    expect(refusals().filter((line) => line.includes('refuses the worker connection'))).toHaveLength(1);
    expect(refusals().filter((line) => line.includes('refuses the queue connection'))).toHaveLength(1);
  });

  test('given a frozen queue server, no worker logs the commands that got no answer', async () => {
    start({});
    await add('before');
    await expect.poll(() => state('before'), POLL).toBe('completed');
    world.queueServer.kill('SIGSTOP');
    await expect.poll(() => problemOf(world.deps.workerConnection), POLL).not.toBeNull();
    world.queueServer.kill('SIGCONT');
    await vi.waitFor(() => add('after'), POLL);
    await expect.poll(() => state('after'), POLL).toBe('completed');
    expect(world.lines.filter((line) => line.startsWith('worker of'))).toEqual([]);
  });

  test('jobs added while a duplicate runs become one further job', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let runs = 0;
    start({
      'warm-keys': async () => {
        runs++;
        if (runs === 1) await released;
        return {};
      },
    });
    const again = () =>
      world.queues.add('warm-keys', { ...WARM, prefixes: ['files'] }, { deduplicationId: 'invalidated-files' });
    await again();
    await expect.poll(() => runs, POLL).toBe(1);
    for (let n = 0; n < 5; n++) await again();
    release();
    await expect.poll(() => runs, POLL).toBe(2);
    await again();
    await expect.poll(() => runs, POLL).toBe(3);
    await expect
      .poll(() => world.queues.of('warming').getJobCountByTypes('waiting', 'active', 'delayed'), POLL)
      .toBe(0);
    expect(runs).toBe(3);
  });
});
