import { randomUUID } from 'node:crypto';
import { buildKey, resolvePolicy } from '@pilotlight/cache-core';
import { countQuarantined } from '@pilotlight/runtime';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHandlers, createKeepWarm } from './create-handlers.ts';
import type { Handlers } from './handler.ts';
import { invalidateEverything } from './invalidate-everything.ts';
import { watchQuarantine } from './queue-watch.ts';
import { Relay } from './relay.ts';
import { startWorkers } from './start-workers.ts';
import { jobsOf, openTestWorld, POLL, type TestWorld } from './testing/open-test-world.ts';

let world: TestWorld;
const running: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
  await world.close();
});

const isReady = () => world.deps.producer.status === 'ready';

function startWork(changed: Partial<Handlers> = {}): () => Promise<void> {
  const { deps, queues, logger } = world;
  const { close } = startWorkers({
    connection: deps.workerConnection,
    handlers: { ...createHandlers(deps, queues, createKeepWarm(deps, logger), logger), ...changed },
    logger,
    invalidateEverything: invalidateEverything({ ...deps, logger }),
    drainMs: 100,
  });
  running.push(close);
  return close;
}

async function startRelay(): Promise<void> {
  const { deps, queues, logger } = world;
  const relay = new Relay({ outbox: deps.origin.outbox, queues, isReady, logger, retryAfterMs: 200, pollMs: 50 });
  running.push(() => relay.stop());
  await relay.start();
}

async function query(text: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: world.urls.databaseUrl });
  await client.connect();
  await client.query(text, values);
  await client.end();
}

/** Puts an event into the outbox as another version or a broken disk may have left it. */
async function outboxHolds(payload: { id: string }, jobs = ['apply-event']): Promise<void> {
  await query('INSERT INTO outbox (id, type, file_id, payload, pending_jobs) VALUES ($1, $2, $3, $4, $5)', [
    payload.id,
    'file.of-another-version',
    randomUUID(),
    payload,
    jobs,
  ]);
}

/** Caches an answer. Returns a function that checks whether it is still served. */
async function cached(prefix: 'files' | 'stats' | 'search'): Promise<() => Promise<boolean>> {
  const key = buildKey({ prefix, name: 'an_answer', params: {} });
  const read = () => world.deps.cache.internal.reader.read(key, () => 'an answer', resolvePolicy(), null);
  await read();
  return async () => (await read()).outcome.outcome === 'hit';
}

const applyJob = async (eventId: string) =>
  (await jobsOf(world.queues, 'invalidation')).get(`${eventId}-apply-event`) ?? null;
const stateOf = async (eventId: string) => await (await applyJob(eventId))?.getState();

describe('a poison job', () => {
  test.for([
    ['a damaged payload', { id: randomUUID(), type: 'file.deleted', at: 'yesterday' }],
    ['an older version', { id: randomUUID(), type: 'file.deleted', version: 0, file: 17 }],
    ['a newer version', { id: randomUUID(), type: 'file.merged', version: 2, fileIds: [] }],
  ] as const)(
    'of an event with %s is quarantined, and everything the event may affect is invalidated',
    async ([, payload]) => {
      const stillServed = await Promise.all((['files', 'stats', 'search'] as const).map(cached));
      for (const isServed of stillServed) expect(await isServed()).toBe(true);
      await outboxHolds(payload);
      await startRelay();
      startWork();
      await expect.poll(() => stateOf(payload.id), POLL).toBe('failed');
      for (const isServed of stillServed) expect(await isServed()).toBe(false);
      expect(await world.deps.origin.outbox.invalidation(payload.id)).toMatchObject({ state: 'applied' });
      expect((await applyJob(payload.id))?.failedReason).toMatch(/does not carry what it should: data\.event/);
      expect(await countQuarantined(world.queues)).toMatchObject({ invalidation: 1 });
    },
  );

  test('with an unknown name is quarantined, and its event’s invalidation is still applied', async () => {
    const isServed = await cached('stats');
    await world.queues.of('invalidation').add('merge-events', { of: 'a later version' }, { jobId: 'unknown' });
    startWork();
    const state = async () => (await jobsOf(world.queues, 'invalidation')).get('unknown')?.getState();
    await expect.poll(state, POLL).toBe('failed');
    expect(await isServed()).toBe(false);
  });

  test('whose handler always throws does not stop its event from being applied, from the first try on', async () => {
    const isServed = await cached('files');
    const { event } = await world.upload('one line\n');
    await startRelay();
    startWork({ 'apply-event': () => Promise.reject(new Error('a bug')), 'ingest-file': async () => ({}) });
    await expect.poll(() => stateOf(event.id), POLL).toBe('delayed');
    expect(await isServed()).toBe(false);
    expect(await world.deps.origin.outbox.invalidation(event.id)).toMatchObject({ state: 'applied' });
  });

  test('invalidates everything once, however often it is tried, and nothing if its event is applied already', async () => {
    const { event } = await world.upload('one line\n');
    const invalidate = invalidateEverything({ ...world.deps, logger: world.logger });
    const job = { id: `${event.id}-apply-event`, data: 'damaged' };
    await invalidate(job);
    const isServed = await cached('stats');
    await invalidate(job);
    expect(await isServed()).toBe(true);
    const applied = await world.upload('another line\n');
    await world.deps.origin.outbox.markApplied(applied.event.id, 1);
    await invalidate({ id: 'x', data: { event: { id: applied.event.id } } });
    expect(await isServed()).toBe(true);
  });

  test('waits for an unreachable log, and is not quarantined before everything is invalidated', async () => {
    const invalidated: string[] = [];
    let isThere = false;
    const { deps, logger } = world;
    const { close } = startWorkers({
      connection: deps.workerConnection,
      handlers: createHandlers(deps, world.queues, createKeepWarm(deps, logger), logger),
      logger,
      invalidateEverything: async ({ id = '' }) => {
        const cache = { invalidate: async () => ({ state: 'pending', position: null, receiptMs: 0 }) as const };
        await invalidateEverything({
          cache: isThere ? deps.cache : cache,
          origin: deps.origin,
          journal: deps.journal,
          logger,
        })({
          id,
          data: null,
        });
        invalidated.push(id);
      },
    });
    running.push(close);
    await world.queues.of('invalidation').add('apply-event', {}, { jobId: 'poison' });
    const state = async () => (await jobsOf(world.queues, 'invalidation')).get('poison')?.getState();
    await expect
      .poll(() => world.lines.some((line) => line.startsWith('jobs of invalidation are delayed')), POLL)
      .toBe(true);
    expect(await state()).not.toBe('failed');
    isThere = true;
    await expect.poll(state, POLL).toBe('failed');
    expect(invalidated).toEqual(['poison']);
  });

  test('succeeds when it is retried after a fix, and the quarantine is empty', async () => {
    await world.queues.of('warming').add('warm-keys', { reason: 'invalidated', prefixes: [] }, { jobId: 'faulty' });
    const watching = watchQuarantine({ queues: world.queues, isReady, logger: world.logger, lookEveryMs: 20 });
    running.push(() => watching.stop());
    watching.start();
    const stop = startWork({ 'warm-keys': () => Promise.reject(new Error('a bug')) });
    const job = async () => (await jobsOf(world.queues, 'warming')).get('faulty');
    await expect.poll(async () => (await job())?.getState(), POLL).toBe('failed');
    await expect
      .poll(() => world.lines, POLL)
      .toContain('jobs failed for good (warming 1): inspect them and retry them at /admin/queues');
    await stop();
    startWork();
    await (await job())?.retry();
    await expect.poll(async () => (await job())?.getState(), POLL).toBe('completed');
    await expect.poll(() => world.lines, POLL).toContain('no job is quarantined any more');
  });

  test('that another version could not read runs once a process that can read it relays its event', async () => {
    const { event } = await world.upload('one line\n');
    const jobId = `${event.id}-ingest-file`;
    await world.queues.of('ingest').add('ingest-file', { event: { ...event, version: 0 } }, { jobId });
    startWork();
    const state = async () => (await jobsOf(world.queues, 'ingest')).get(jobId)?.getState();
    await expect.poll(state, POLL).toBe('failed');
    await startRelay();
    await expect.poll(async () => (await world.deps.origin.files.get(event.fileId))?.status, POLL).toBe('indexed');
  });
});

test('an unknown job of a newer version does not delay the event’s other jobs or other events', async () => {
  const { event } = await world.upload('one line\n');
  await query("UPDATE outbox SET pending_jobs = pending_jobs || '{notify-somebody}' WHERE id = $1", [event.id]);
  const other = await world.upload('another line\n');
  await startRelay();
  const ids = async () => [...(await jobsOf(world.queues, 'invalidation')).keys()].sort();
  await expect.poll(ids, POLL).toEqual([`${event.id}-apply-event`, `${other.event.id}-apply-event`].sort());
});
