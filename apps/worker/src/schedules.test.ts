import type { QueueName } from '@pilotlight/contracts';
import { Worker } from 'bullmq';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Schedule, Schedules } from './schedules.ts';
import { openTestWorld, POLL, type TestWorld } from './testing/open-test-world.ts';

let world: TestWorld;
const running: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await world.close();
});

const TICK: Schedule = { id: 'tick', job: 'warm-keys', everyMs: 200, data: { reason: 'scheduled', prefixes: ['a'] } };

function start(
  schedules: readonly Schedule[],
  { deps, queues } = world as Pick<TestWorld, 'deps' | 'queues'>,
  times: { claimMs?: number } = {},
): void {
  const isReady = () => deps.producer.status === 'ready';
  const one = new Schedules({ queues, isReady, schedules, logger: world.logger, lookEveryMs: 30, ...times });
  running.push(one);
  one.start();
}

/** Records the claimed forms from now on, one per check. */
function watchClaims(): () => string[] {
  const claiming = vi.spyOn(world.deps.producer, 'set');
  return () => claiming.mock.calls.map(([, form]) => String(form));
}

/** A claim that does not expire during a pause of the machine; the test ends it. */
const LASTING = { claimMs: 3_600_000 };
const claimOf = (id: string) => world.queues.of('maintenance').toKey(`schedule-claim:${id}`);

/** Runs and records every job of a queue. */
function consume(ran: { id: string; data: unknown }[], queue: QueueName = 'warming'): void {
  const worker = new Worker(
    queue,
    async (job) => {
      ran.push({ id: job.id ?? '', data: job.data });
    },
    { connection: world.deps.workerConnection, runRetryDelay: 100 },
  );
  worker.on('error', () => undefined);
  running.push({ stop: () => worker.close() });
}

describe('schedules', () => {
  test('given three processes that keep one schedule, each tick adds one job', async () => {
    const ran: { id: string; data: unknown }[] = [];
    const others = await Promise.all([world.openAnother(), world.openAnother()]);
    for (const one of [world, ...others]) start([TICK], one);
    consume(ran);
    consume(ran);
    await expect.poll(() => ran.length, POLL).toBeGreaterThanOrEqual(6);
    const ids = ran.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const ticks = ids.map((id) => Number(id.slice(id.lastIndexOf(':') + 1))).sort((a, b) => a - b);
    for (const [i, tick] of ticks.entries()) if (i > 0) expect((tick - (ticks[i - 1] ?? 0)) % TICK.everyMs).toBe(0);
    expect(await world.queues.of('warming').getJobSchedulersCount()).toBe(1);
    expect(ran[0]?.data).toEqual(TICK.data);
  });

  test('a schedule that vanished with the queue server’s data is restored and ticks', async () => {
    const ran: { id: string; data: unknown }[] = [];
    start([TICK]);
    consume(ran);
    await expect.poll(() => ran.length, POLL).toBeGreaterThanOrEqual(2);
    await world.queueClient.flushall();
    const { length } = ran;
    await expect.poll(() => ran.length, POLL).toBeGreaterThanOrEqual(length + 2);
  });

  test('given a queue server that returns without its data, all processes restore schedules and one job runs per tick', async () => {
    const ran: { id: string; data: unknown }[] = [];
    const another = await world.openAnother();
    start([TICK]);
    start([TICK], another);
    consume(ran);
    await expect.poll(() => ran.length, POLL).toBeGreaterThanOrEqual(2);
    await world.queueClient.flushall();
    world.queueServer.kill('SIGKILL');
    await expect.poll(() => world.deps.producer.status, POLL).not.toBe('ready');
    await world.queueServer.restart();
    const { length } = ran;
    await expect.poll(() => ran.length, POLL).toBeGreaterThanOrEqual(length + 4);
    const ids = ran.slice(length).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await world.queues.of('warming').getJobSchedulersCount()).toBe(1);
  });

  test('repeated checks neither move the next tick nor add another', async () => {
    const hourly: Schedule = { id: 'hourly', job: 'sweep-outbox', everyMs: 3_600_000, data: {} };
    start([hourly]);
    const queue = world.queues.of('maintenance');
    await expect.poll(async () => (await queue.getJobScheduler('hourly'))?.next, POLL).toBeTypeOf('number');
    const before = await queue.getJobScheduler('hourly');
    const scheduled = () => world.lines.filter((line) => line.startsWith('scheduled hourly')).length;
    expect(scheduled()).toBe(1);
    start([hourly, { ...TICK, everyMs: 50 }]);
    await expect.poll(() => world.lines.some((line) => line.startsWith('scheduled tick')), POLL).toBe(true);
    expect(await queue.getJobScheduler('hourly')).toEqual(before);
    expect(scheduled()).toBe(1);
  });

  test('a schedule whose time or data changed is replaced', async () => {
    start([TICK]);
    const queue = world.queues.of('warming');
    await expect.poll(async () => (await queue.getJobScheduler('tick'))?.every, POLL).toBe(200);
    await running.pop()?.stop();
    start([{ ...TICK, everyMs: 300, data: { reason: 'scheduled', prefixes: ['b'] } }]);
    await expect.poll(async () => (await queue.getJobScheduler('tick'))?.every, POLL).toBe(300);
    expect((await queue.getJobScheduler('tick'))?.template?.data).toEqual({ reason: 'scheduled', prefixes: ['b'] });
  });

  test('given two releases with different intervals, the first stays in effect until its processes end', async () => {
    const ran: { id: string; data: unknown }[] = [];
    const queue = world.queues.of('maintenance');
    const hourly: Schedule = { id: 'sweep', job: 'sweep-outbox', everyMs: 3_600_000, data: {} };
    const half: Schedule = { ...hourly, everyMs: 1_800_000 };
    consume(ran, 'maintenance');
    start([hourly], world, LASTING);
    await expect.poll(() => ran.length, POLL).toBe(1);
    const looked = watchClaims();
    start([half], world, LASTING);
    await expect
      .poll(() => looked().filter((form) => form === JSON.stringify([half.everyMs, {}])).length, POLL)
      .toBeGreaterThan(5);
    expect((await queue.getJobScheduler('sweep'))?.every).toBe(hourly.everyMs);
    expect(ran).toHaveLength(1);
    await running.splice(1, 1)[0]?.stop();
    const lastsMs = await world.queueClient.pttl(claimOf('sweep'));
    expect(lastsMs).toBeGreaterThan(0);
    expect(lastsMs).toBeLessThanOrEqual(LASTING.claimMs);
    await world.queueClient.del(claimOf('sweep')); // simulates its expiry
    await expect.poll(async () => (await queue.getJobScheduler('sweep'))?.every, POLL).toBe(half.everyMs);
    await expect.poll(() => ran.length, POLL).toBe(2);
    expect(await queue.getJobSchedulersCount()).toBe(1);
  });

  test('a schedule without a claim is removed, and one that another live release claims is not', async () => {
    const queue = world.queues.of('maintenance');
    await queue.upsertJobScheduler('left-behind', { every: 3_600_000 }, { name: 'sweep-outbox', data: {} });
    start([{ id: 'alive', job: 'sweep-outbox', everyMs: 3_600_000, data: {} }], world, LASTING);
    await expect.poll(async () => await queue.getJobScheduler('alive'), POLL).toBeDefined();
    const looked = watchClaims();
    start([TICK]);
    await expect.poll(async () => (await queue.getJobSchedulers()).map(({ key }) => key), POLL).toEqual(['alive']);
    await expect.poll(() => looked().filter((form) => form.includes('"a"')).length, POLL).toBeGreaterThan(5);
    expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual(['alive']);
  });

  test('with the queue server killed, the log says so once, and schedules return with it', async () => {
    start([TICK]);
    await expect.poll(() => world.lines.some((line) => line.startsWith('scheduled tick')), POLL).toBe(true);
    world.queueServer.kill('SIGKILL');
    const said = (text: string) => world.lines.filter((line) => line.startsWith(text)).length;
    await expect.poll(() => said('schedules cannot be checked'), POLL).toBe(1);
    await world.queueServer.restart();
    await expect.poll(() => said('schedules are checked again'), POLL).toBe(1);
    expect(said('schedules cannot be checked')).toBe(1);
  });
});
