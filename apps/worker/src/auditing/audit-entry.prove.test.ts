import { type CacheKey, type Clock, type Recipe, systemClock } from '@pilotlight/cache-core';
import { type DomainEvent, invalidationsOf } from '@pilotlight/contracts';
import { RECIPES, recipeOf, warmableOf } from '@pilotlight/recipes';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openTestWorld, POLL, type TestWorld } from '../testing/open-test-world.ts';
import { type AuditFinding, auditEntry } from './audit-entry.ts';

let world: TestWorld;

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(() => world.close());

const ANSWERS = Object.values(RECIPES);
const STATS: Recipe = { prefix: 'stats', name: 'get_stats', params: {} };
const SEARCH: Recipe = { prefix: 'search', name: 'search_logs', params: { level: 'INFO' } };
const FILES: Recipe = { prefix: 'files', name: 'list_files', params: {} };
const LINE = '2026-03-01 10:00:00 INFO shop.Cart: added lamp';

function targetOf(recipe: Recipe) {
  const key = recipeOf(recipe)?.key as CacheKey;
  const warmable = warmableOf({ key, recipe }, world.deps.origin);
  if (!warmable) throw new Error(`expected a recipe that can be computed, got ${JSON.stringify(recipe)}`);
  return { ...warmable, recipe };
}

/** Caches the answer so that readers of every process find it. */
async function serve(recipe: Recipe): Promise<void> {
  const { key, load, policy } = targetOf(recipe);
  await world.deps.cache.internal.reader.read(key, load, policy, recipe);
  await expect.poll(async () => typeof (await world.deps.cache.audits.find(key)), POLL).toBe('object');
}

interface Audit {
  /** How far ahead the clock of the auditing process is, so that the entry seems older. */
  readonly aheadMs?: number;
  readonly compute?: boolean;
}

function auditOnce(recipe: Recipe, { aheadMs = 0, compute = true }: Audit = {}): Promise<AuditFinding> {
  const { cache, origin } = world.deps;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  return auditEntry(targetOf(recipe), compute, { cache, origin, answers: ANSWERS, clock });
}

/** Audits again while Redis does not answer in time, as on a busy machine. */
function audit(recipe: Recipe, options: Audit = {}): Promise<AuditFinding> {
  return vi.waitUntil(async () => {
    const found = await auditOnce(recipe, options);
    return found.why?.endsWith('unreachable') ? null : found;
  }, POLL);
}

const verdictOf = async (recipe: Recipe, options: Audit = {}): Promise<string> =>
  (await audit(recipe, options)).verdict;

async function index(content = LINE): Promise<{ event: DomainEvent; uploaded: DomainEvent }> {
  const { file, event: uploaded } = await world.upload(content);
  const result = await world.deps.origin.ingest(file.id);
  if (result.outcome !== 'indexed') throw new Error(`expected it to be indexed, it is ${result.outcome}`);
  return { event: result.event, uploaded };
}

async function apply(event: DomainEvent): Promise<void> {
  const receipt = await world.deps.cache.invalidate(invalidationsOf(event), { eventId: event.id });
  if (receipt.state === 'applied') await world.deps.origin.outbox.markApplied(event.id, receipt.position);
}

/** Simulates a lost invalidation: the event is marked as applied, but the log does not contain it. */
async function loseInvalidation({ id }: DomainEvent): Promise<void> {
  await world.deps.origin.outbox.markApplied(id, 1);
}

/** The beginning of an ingest, which no event announces. */
const BEGIN_INGEST = `UPDATE files SET status = 'indexing', ingest_attempt = ingest_attempt + 1 WHERE id = $1`;

describe('an audit of a served entry', () => {
  test('agrees if the origin returns the same answer, whatever the time it took', async () => {
    await apply((await index()).event);
    for (const recipe of [STATS, SEARCH, FILES]) {
      await serve(recipe);
      expect(await audit(recipe), recipe.prefix).toMatchObject({ verdict: 'agreed', events: [] });
    }
  });

  test('finds a lost invalidation and its event', async () => {
    for (const recipe of [STATS, SEARCH, FILES]) await serve(recipe);
    const { event, uploaded } = await index();
    await loseInvalidation(uploaded);
    await loseInvalidation(event);
    for (const recipe of [STATS, SEARCH, FILES]) {
      const found = await audit(recipe);
      expect([found.verdict, found.events[0]?.id], recipe.prefix).toEqual(['lost', event.id]);
    }
  });

  test.each([true, false])(
    'finds a lost invalidation from the events alone, though the answer is the same or not asked for (asked: %s)',
    async (compute) => {
      const { event } = await index();
      await apply(event);
      await serve(STATS);
      const deleted = await world.deps.origin.files.delete(event.fileId);
      if (!deleted) throw new Error('expected a file to delete');
      await loseInvalidation(deleted);
      await loseInvalidation((await index()).event);
      expect(await verdictOf(STATS, { aheadMs: 60_000, compute })).toBe('lost');
    },
  );

  test('raises no alarm because of a wrong clock, since the log knows each position', async () => {
    const { event } = await index();
    await apply(event);
    await serve(STATS);
    expect(await verdictOf(STATS, { aheadMs: 60_000 })).toBe('agreed');
  });

  test('ignores events that do not hit the entry', async () => {
    await serve(SEARCH);
    const { event } = await index(LINE.replace('INFO', 'ERROR'));
    await loseInvalidation(event);
    expect(await verdictOf(SEARCH, { aheadMs: 60_000 })).toBe('agreed');
  });

  test('counts a change without an event as stale by time', async () => {
    const { file, event } = await world.upload(LINE);
    await apply(event);
    await serve(FILES);
    await withDatabase((client) => client.query(BEGIN_INGEST, [file.id]));
    expect(await verdictOf(FILES)).toBe('time-outdated');
  });

  test('reports a change that no event explains', async () => {
    const { file, event } = await world.upload(LINE);
    await apply(event);
    await expect.poll(() => world.deps.cache.internal.engine.follower.isCurrent, POLL).toBe(true);
    await serve(FILES);
    // Pretends that the upload was long ago: an event at about the time of the load could explain the change.
    await withDatabase(async (client) => {
      await client.query(`UPDATE outbox SET created_at = created_at - interval '1 hour'`);
      await client.query('SET session_replication_role = replica'); // no trigger announces the change
      await client.query(`UPDATE files SET status = 'failed' WHERE id = $1`, [file.id]);
    });
    expect(await audit(FILES)).toMatchObject({ verdict: 'unexplained', events: [] });
  });

  test('is inconclusive while an event is pending, and after it has invalidated the entry', async () => {
    await serve(STATS);
    const { event } = await index();
    expect(await audit(STATS)).toMatchObject({
      verdict: 'inconclusive',
      why: 'an event that hits the entry is not applied yet',
    });
    const { audits } = world.deps.cache;
    const recompute = audits.recompute.bind(audits);
    audits.recompute = async (...asked) => {
      const computed = await recompute(...asked);
      await apply(event);
      return computed;
    };
    expect(await audit(STATS)).toMatchObject({ verdict: 'inconclusive', why: 'the entry was invalidated meanwhile' });
  });

  test('is inconclusive with the invalidation log unreachable', async () => {
    await serve(STATS);
    world.queueServer.kill('SIGKILL');
    await expect.poll(() => world.deps.cache.internal.engine.follower.state, POLL).toBe('disconnected');
    const why = async () => (await auditOnce(STATS)).why;
    await expect.poll(why, POLL).toBe('the invalidation log is unreachable');
    await world.queueServer.restart();
  });

  test('reports a missing or invalidated entry as gone', async () => {
    expect(await verdictOf(STATS)).toBe('gone');
    await serve(STATS);
    await world.deps.cache.invalidate({ prefix: 'stats' });
    expect(await verdictOf(STATS)).toBe('gone');
  });
});

async function withDatabase(use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: world.urls.databaseUrl });
  await client.connect();
  await use(client).finally(() => client.end());
}
