import { type CacheKey, type Recipe, systemClock } from '@pilotlight/cache-core';
import { SeededRandom } from '@pilotlight/cache-core/testing';
import { RECIPES, recipeOf, warmableOf } from '@pilotlight/recipes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LocalBudget } from '../testing/local-budget.ts';
import { openTestWorld, POLL, type TestWorld } from '../testing/open-test-world.ts';
import { Auditor, type AuditorOptions } from './auditor.ts';

let world: TestWorld;

beforeEach(async () => {
  world = await openTestWorld();
});
afterEach(() => world.close());

const STATS: Recipe = { prefix: 'stats', name: 'get_stats', params: {} };
const NOTHING = { audited: 0, mismatches: 0, inconclusive: 0, gone: 0, skipped: 0, uncomputable: 0 };

function auditor(other: Partial<AuditorOptions> = {}): Auditor {
  const { cache, origin, journal, findings } = world.deps;
  const answers = Object.values(RECIPES);
  return new Auditor({
    cache,
    origin,
    journal,
    findings,
    logger: world.logger,
    answers,
    clock: systemClock,
    budget: new LocalBudget({ clock: systemClock, share: 0.05, maxMs: 2_000 }),
    random: new SeededRandom(1).next,
    ...other,
  });
}

/** Caches the answer and records demand for it. */
async function serve(recipe: Recipe): Promise<CacheKey> {
  const { cache, origin } = world.deps;
  const key = recipeOf(recipe)?.key as CacheKey;
  const { load, policy } = warmableOf({ key, recipe }, origin) ?? {};
  if (!load || !policy) throw new Error('expected a recipe that can be computed');
  await cache.internal.reader.read(key, load, policy, recipe);
  await expect.poll(async () => (await cache.hotKeys(10, [recipe.prefix])).length, POLL).toBe(1);
  await expect.poll(async () => typeof (await cache.audits.find(key)), POLL).toBe('object');
  return key;
}

const freshness = async () => (await world.deps.cache.getStats()).endpoints['stats']?.freshness;
const signal = new AbortController().signal;

describe('an audit', () => {
  test('its results appear by prefix, over all processes, beside the read counts', async () => {
    await serve(STATS);
    expect(await auditor().audit(signal)).toEqual({ ...NOTHING, audited: 1 });
    expect(await freshness()).toMatchObject({ audited: 1, agreed: 1, mismatches: 0, staleness_ms: null });
  });

  test('without served entries it logs nothing', async () => {
    expect(await auditor().audit(signal)).toEqual(NOTHING);
    expect(world.lines.filter((line) => line.startsWith('Audited'))).toEqual([]);
    await serve(STATS);
    await auditor().audit(signal);
    expect(world.lines.filter((line) => line.startsWith('Audited 1 of 1 served entries'))).toHaveLength(1);
  });

  test('logs a lost invalidation with key, stamp and event, counts its age and repairs it', async () => {
    const key = await serve(STATS);
    const { file } = await world.upload('2026-03-01 10:00:00 INFO shop.Cart: added lamp');
    const indexed = await world.deps.origin.ingest(file.id);
    const event = indexed.outcome === 'indexed' ? indexed.event : null;
    await world.deps.origin.outbox.markApplied(event?.id ?? '', 1);
    const onAudited = world.deps.work.audited;
    expect(await auditor({ onAudited }).audit(signal)).toEqual({ ...NOTHING, audited: 1, mismatches: 1 });
    const found = { labels: { prefix: 'stats', verdict: 'lost' }, value: 1 };
    expect(world.deps.work.points().audits.filter(({ value }) => typeof value === 'number' && value > 0)).toEqual([
      found,
    ]);
    const expected = `^served a stale entry as fresh: ${key} \\(epoch \\d+, position \\d+, loaded \\S+\\): file.indexed ${event?.id} of \\d+ ms`;
    expect(world.lines.filter((line) => new RegExp(expected).test(line))).toHaveLength(1);
    expect(await world.deps.findings.latest(5)).toEqual([
      expect.objectContaining({
        ...{ key, prefix: 'stats', verdict: 'lost', event: `file.indexed ${event?.id}` },
        ...{ position: expect.any(Number), repaired_at: expect.any(Number) },
      }),
    ]);
    const shown = await freshness();
    expect(shown).toMatchObject({ audited: 1, mismatches: 1, lost_invalidations: 1, mismatch_percent: 100 });
    expect(shown?.staleness_ms?.oldest).toBeGreaterThan(0);
    expect(await world.deps.cache.audits.find(key)).toBe('outdated');
  });

  test('does not ask the origin while it fails', async () => {
    await serve(STATS);
    let loads = 0;
    const suffering = Object.values(RECIPES).map((answer) => ({
      ...answer,
      compute: () => {
        loads++;
        return Promise.reject(new Error('it suffers'));
      },
    }));
    const one = auditor({ answers: suffering });
    for (let i = 0; i < 10; i++) await one.audit(signal);
    expect(loads).toBe(3);
  });

  test('skips keys without a recipe and continues', async () => {
    await serve(STATS);
    const key = 'stats:before_the_deploy:00000000000000000000000000000000' as CacheKey;
    const recipe: Recipe = { prefix: 'stats', name: 'before_the_deploy', params: { from: 7 } };
    await world.deps.cache.demand.add([{ key, reads: 1_000, loadMs: 1, recipe }]);
    expect(await auditor().audit(signal)).toEqual({ ...NOTHING, audited: 1, uncomputable: 1 });
  });
});
