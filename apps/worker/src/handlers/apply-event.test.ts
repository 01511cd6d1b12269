import { buildKey, type CacheManager, resolvePolicy } from '@pilotlight/cache-core';
import { type DomainEvent, invalidationsOf } from '@pilotlight/contracts';
import type { OutboxEntry } from '@pilotlight/origin';
import { recipeOf } from '@pilotlight/recipes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventNotApplied } from '../errors.ts';
import { firstTry, jobsOf, openTestWorld, POLL, type TestWorld } from '../testing/open-test-world.ts';
import { applyEvent } from './apply-event.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await openTestWorld();
});
afterAll(() => world.close());

function handler() {
  const { deps, queues } = world;
  return applyEvent({ ...deps, queues });
}

async function outboxEntries(): Promise<OutboxEntry[]> {
  const found: OutboxEntry[] = [];
  await world.deps.origin.outbox.relay({ limit: 1_000, retryAfterMs: 0 }, async (entries) => {
    found.push(...entries);
  });
  return found;
}

async function pendingJobs(of: DomainEvent): Promise<readonly string[]> {
  return (await outboxEntries()).find(({ event }) => event.id === of.id)?.jobs ?? [];
}

const FILES = buildKey({ prefix: 'files', name: 'list_files', params: {} });
const POLICY = resolvePolicy();

describe('apply-event', () => {
  test('an event applied twice has one position, and later readers see no older entry', async () => {
    const another = await world.openAnother();
    const { cache } = another.deps;
    let loads = 0;
    const load = () => ++loads;
    await cache.internal.reader.read(FILES, load, POLICY, null);
    const { event } = await world.upload('one line\n');
    const apply = handler();
    const first = await apply({ event }, firstTry());
    const second = await apply({ event }, firstTry());
    expect(second).toEqual(first);
    expect(await world.deps.origin.outbox.invalidation(event.id)).toEqual({
      state: 'applied',
      position: Reflect.get(first, 'position'),
    });
    expect((await cache.internal.reader.read(FILES, load, POLICY, null)).outcome.outcome).toBe('miss');
    expect(loads).toBe(2);
  });

  test('an event that its api has appended already keeps its position', async () => {
    const { event } = await world.upload('one line\n');
    const receipt = await world.deps.cache.invalidate([{ prefix: 'files' }], { eventId: event.id });
    expect(await handler()({ event }, firstTry())).toMatchObject({ position: receipt.position });
  });

  test('logs how many keys it freed, and settles only its own job', async () => {
    await world.deps.cache.clearPattern('files:*');
    await world.deps.cache.set('files:list_files:1', 'a page');
    await world.deps.cache.set('files:list_files:2', 'a page');
    await world.deps.cache.set('stats:get_stats:1', 'of something else');
    const { event } = await world.upload('one line\n');
    await handler()({ event }, firstTry());
    await world.deps.reclaimer.drain(POLL.timeout);
    expect(world.lines).toContain('Invalidated 2 cache keys with pattern: files:*');
    expect(await world.deps.cache.get('stats:get_stats:1')).toBe('of something else');
    expect(await pendingJobs(event)).toEqual(['ingest-file']);
  });

  test('entries that an event does not hit stay cached on every process and in the shared tier', async () => {
    const another = await world.openAnother();
    const input = { prefix: 'stats', name: 'get_stats', params: { from: '2005-01-01', to: '2006-01-01' } };
    const recipe = recipeOf(input);
    const key = buildKey(input);
    const read = (cache: CacheManager) =>
      cache.internal.reader.read(key, async (context) => recipe?.load(world.deps.origin, context), POLICY, null);
    const { event } = await world.upload('2026-03-01 10:00:00 INFO shop.Cart: added lamp\n');
    await read(another.deps.cache);
    const result = await world.deps.origin.ingest(event.fileId);
    if (result.outcome !== 'indexed') throw new Error(`expected an indexed file, it is ${result.outcome}`);
    const applied = await handler()({ event: result.event }, firstTry());
    await world.deps.reclaimer.drain(POLL.timeout);
    expect((await read(another.deps.cache)).outcome).toMatchObject({ outcome: 'hit', tier: 'memory' });
    expect((await read(world.deps.cache)).outcome).toMatchObject({ outcome: 'hit', tier: 'redis' });
    // The append is idempotent, so the position is that of the first append.
    const again = await another.deps.cache.invalidate(invalidationsOf(result.event), { eventId: result.event.id });
    expect(applied).toMatchObject({ position: again.position });
  });

  test('successive events lead to one warming per prefix', async () => {
    const apply = handler();
    for (let n = 0; n < 5; n++) await apply({ event: (await world.upload(`${n}\n`)).event }, firstTry());
    const { event } = await world.upload('the last\n');
    await world.deps.origin.ingest(event.fileId);
    const indexed = (await outboxEntries()).find((one) => one.event.type === 'file.indexed');
    if (!indexed) throw new Error('expected the event file.indexed in the outbox');
    await apply(indexed, firstTry());
    const warmings = [...(await jobsOf(world.queues, 'warming')).values()].map((job) => job.data.prefixes);
    expect(warmings.sort()).toEqual([['files'], ['search'], ['stats']]);
  });

  test('without the cache server, the event is still applied', async () => {
    world.cacheServer.kill('SIGKILL');
    const { event } = await world.upload('one\n');
    await handler()({ event }, firstTry());
    expect(await world.deps.origin.outbox.invalidation(event.id)).toMatchObject({ state: 'applied' });
    expect(await pendingJobs(event)).toEqual(['ingest-file']);
  });

  test('without the invalidation log, the event stays pending and nothing is settled', async () => {
    const { event } = await world.upload('one line\n');
    world.queueServer.kill('SIGKILL');
    await expect.poll(() => world.deps.producer.status, POLL).not.toBe('ready');
    await expect(handler()({ event }, firstTry())).rejects.toThrow(EventNotApplied);
    expect(await world.deps.origin.outbox.invalidation(event.id)).toEqual({ state: 'pending', position: null });
    expect((await pendingJobs(event)).toSorted()).toEqual(['apply-event', 'ingest-file']);
  });
});
