import type { JobName } from '@pilotlight/contracts';
import { createOrigin } from '@pilotlight/origin';
import { FaultProxy } from '@pilotlight/stack/testing';
import { UnrecoverableError, Worker } from 'bullmq';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Relay, type RelayOptions } from './relay.ts';
import { jobsOf, openTestWorld, POLL, type TestWorld } from './testing/open-test-world.ts';

let world: TestWorld;
const relays: Relay[] = [];

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await world.close();
});

async function startRelay(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const { deps, queues, logger } = world;
  const isReady = () => deps.producer.status === 'ready';
  const relay = new Relay({ outbox: deps.origin.outbox, queues, isReady, logger, ...options });
  relays.push(relay);
  await relay.start();
  return relay;
}

/** Records each job that a relay adds. */
function watchedQueues(): { queues: RelayOptions['queues']; added: string[] } {
  const added: string[] = [];
  const add: TestWorld['queues']['add'] = async (name, data, options) => {
    added.push(options?.jobId ?? name);
    await world.queues.add(name, data, options);
  };
  return { queues: { ...world.queues, add, addUnread: add }, added };
}

/** Records the jobs of each event that is handed over. */
function watchedOutbox(): { outbox: RelayOptions['outbox']; handedOver: string[] } {
  const handedOver: string[] = [];
  const { outbox } = world.deps.origin;
  return {
    handedOver,
    outbox: {
      relay: (options, handOver) =>
        outbox.relay(options, async (entries, unreadable) => {
          await handOver(entries, unreadable);
          handedOver.push(...entries.flatMap(({ event, jobs }) => jobs.map((job) => idOf(event, job))));
        }),
      onNotify: (listener) => outbox.onNotify(listener),
    },
  };
}

const HOUR_MS = 3_600_000;

const idOf = (event: { id: string }, job: JobName) => `${event.id}-${job}`;

describe('relay', () => {
  test('hands an event over as soon as it is committed, without waiting for the next poll', async () => {
    await startRelay({ pollMs: 3_600_000 });
    const { event } = await world.upload('one line\n');
    await expect
      .poll(async () => [...(await jobsOf(world.queues, 'ingest')).keys()], POLL)
      .toEqual([idOf(event, 'ingest-file')]);
    const [job] = (await jobsOf(world.queues, 'invalidation')).values();
    expect(job).toMatchObject({ id: idOf(event, 'apply-event'), name: 'apply-event', data: { event } });
  });

  test('finds events committed while no relay ran', async () => {
    const { event } = await world.upload('one line\n');
    await startRelay();
    await expect
      .poll(async () => (await jobsOf(world.queues, 'ingest')).has(idOf(event, 'ingest-file')), POLL)
      .toBe(true);
  });

  test('given three processes that relay at once, each event is handed over by one', async () => {
    const { queues, added } = watchedQueues();
    for (let n = 0; n < 3; n++) await startRelay({ queues });
    const events = await Promise.all(Array.from({ length: 24 }, () => world.upload('a line\n')));
    const expected = events.flatMap(({ event }) => [idOf(event, 'apply-event'), idOf(event, 'ingest-file')]).sort();
    await expect.poll(() => added.length, POLL).toBeGreaterThanOrEqual(expected.length);
    expect(added.toSorted()).toEqual(expected);
  });

  test('hands events over again if their jobs vanished with the queue server’s data', async () => {
    await startRelay({ retryAfterMs: HOUR_MS, pollMs: 20 });
    const { event } = await world.upload('one line\n');
    const isThere = async () => (await jobsOf(world.queues, 'ingest')).has(idOf(event, 'ingest-file'));
    await expect.poll(isThere, POLL).toBe(true);
    await world.queueClient.flushall();
    await expect.poll(isThere, POLL).toBe(true);
    expect((await jobsOf(world.queues, 'invalidation')).has(idOf(event, 'apply-event'))).toBe(true);
  });

  test('refills a queue server that returns without its data', async () => {
    await startRelay({ retryAfterMs: HOUR_MS, pollMs: 20 });
    const events = [(await world.upload('one line\n')).event, (await world.upload('another line\n')).event];
    const inQueue = async () => [...(await jobsOf(world.queues, 'ingest')).keys()].sort();
    const expected = events.map((event) => idOf(event, 'ingest-file')).sort();
    await expect.poll(inQueue, POLL).toEqual(expected);
    await restartWithoutData();
    await expect.poll(inQueue, POLL).toEqual(expected);
  });

  test('given a half-open listening connection, finds events by polling', async () => {
    const proxy = await FaultProxy.to(world.urls.databaseUrl);
    onTestFinished(() => proxy.close());
    const listening = createOrigin({ databaseUrl: proxy.url, onError: () => undefined });
    let heard = 0;
    const outbox: RelayOptions['outbox'] = {
      relay: (options, handOver) => world.deps.origin.outbox.relay(options, handOver),
      onNotify: (listener) =>
        listening.outbox.onNotify(() => {
          heard++;
          listener();
        }),
    };
    await startRelay({ outbox, pollMs: 200 });
    await expect.poll(() => heard, POLL).toBe(1);
    proxy.forward({ kind: 'blackhole' });
    const { event } = await world.upload('one line\n');
    const isThere = async () => (await jobsOf(world.queues, 'ingest')).has(idOf(event, 'ingest-file'));
    await expect.poll(isThere, POLL).toBe(true);
    expect(heard).toBe(1);
    proxy.reset();
    await relays.pop()?.stop();
    await listening.close();
  });

  test('checks all events once when it starts, however recently they were handed over', async () => {
    const first = await startRelay({ retryAfterMs: HOUR_MS });
    const { event } = await world.upload('one line\n');
    const job = async () => (await jobsOf(world.queues, 'ingest')).get(idOf(event, 'ingest-file'));
    await expect.poll(job, POLL).toBeDefined();
    await first.stop();
    await (await job())?.remove();
    const { outbox, handedOver } = watchedOutbox();
    await startRelay({ retryAfterMs: HOUR_MS, outbox, pollMs: 10 });
    await expect.poll(job, POLL).toBeDefined();
    for (let n = 0; n < 5; n++) {
      const later = await world.upload('another line\n');
      await expect.poll(() => handedOver, POLL).toContain(idOf(later.event, 'ingest-file'));
    }
    // Again only if the statement that looked for events took longer than the time since the first hand-over.
    expect(timesIn(handedOver, idOf(event, 'ingest-file'))).toBeLessThanOrEqual(2);
  });

  test('hands over only the jobs that have not finished', async () => {
    const { outbox, handedOver } = watchedOutbox();
    const { event } = await world.upload('one line\n');
    await world.deps.origin.outbox.settle(event.id, 'apply-event');
    await startRelay({ outbox, retryAfterMs: 1, pollMs: 10 });
    await expect.poll(() => handedOver.length, POLL).toBeGreaterThan(2);
    expect(new Set(handedOver)).toEqual(new Set([idOf(event, 'ingest-file')]));
    await world.deps.origin.outbox.settle(event.id, 'ingest-file');
    const later = await world.upload('another line\n');
    const { length } = handedOver;
    await expect.poll(() => timesIn(handedOver, idOf(later.event, 'ingest-file')), POLL).toBeGreaterThan(2);
    // One hand-over may have been in progress when the event was settled.
    expect(timesIn(handedOver.slice(length), idOf(event, 'ingest-file'))).toBeLessThanOrEqual(1);
  });

  test('adds a waiting or failed job once, however often its event is checked', async () => {
    const { queues, added } = watchedQueues();
    const { outbox, handedOver } = watchedOutbox();
    await startRelay({ queues, outbox, retryAfterMs: 1, pollMs: 10 });
    const { event } = await world.upload('one line\n');
    const ids = [idOf(event, 'apply-event'), idOf(event, 'ingest-file')];
    await expect.poll(async () => (await jobsOf(world.queues, 'ingest')).has(ids[1] ?? ''), POLL).toBe(true);
    await failForGood(ids[1] ?? '');
    const { length } = handedOver;
    await expect.poll(() => handedOver.length, POLL).toBeGreaterThan(length + 6);
    expect(added.toSorted()).toEqual(ids);
    expect(await world.queues.of('ingest').getJobCounts('failed', 'waiting')).toEqual({ failed: 1, waiting: 0 });
    expect(await world.queues.of('invalidation').getJobCounts('failed', 'waiting')).toEqual({ failed: 0, waiting: 1 });
  });

  test('runs a finished job again if the database has lost that it was settled', async () => {
    await startRelay({ retryAfterMs: 300, pollMs: 20 });
    let runs = 0;
    const worker = new Worker('ingest', async () => ++runs, { connection: world.deps.workerConnection });
    await world.upload('one line\n');
    await expect.poll(() => runs, POLL).toBeGreaterThanOrEqual(3);
    await worker.close();
  });

  test('keeps events while the queue server is killed, and logs the outage and its end once each', async () => {
    await startRelay({ pollMs: 20, retryAfterMs: 200 });
    world.queueServer.kill('SIGKILL');
    await expect.poll(() => world.deps.producer.status, POLL).not.toBe('ready');
    const { event } = await world.upload('one line\n');
    await expect.poll(() => said('events cannot be handed over').length, POLL).toBe(1);
    await world.queueServer.restart();
    const isThere = async () => (await jobsOf(world.queues, 'ingest')).has(idOf(event, 'ingest-file'));
    await expect.poll(isThere, POLL).toBe(true);
    await expect.poll(() => said('events are handed over again').length, POLL).toBe(1);
    expect(said('events cannot be handed over')).toHaveLength(1);
  });
});

/** Restarts a queue server without its data. */
async function restartWithoutData(): Promise<void> {
  await world.queueClient.flushall();
  world.queueServer.kill('SIGKILL');
  await expect.poll(() => world.deps.producer.status, POLL).not.toBe('ready');
  await world.queueServer.restart();
}

const timesIn = (ids: readonly string[], id: string) => ids.filter((one) => one === id).length;

const said = (text: string) => world.lines.filter((line) => line.includes(text));

async function failForGood(id: string): Promise<void> {
  const worker = new Worker('ingest', () => Promise.reject(new UnrecoverableError('no use')), {
    connection: world.deps.workerConnection,
  });
  await expect.poll(async () => (await jobsOf(world.queues, 'ingest')).get(id)?.failedReason, POLL).toBe('no use');
  await worker.close();
}
