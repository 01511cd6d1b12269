import { describe, expect, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import type { LoadContext } from '../engine/load-context.ts';
import type { LearningOptions } from '../model/learning-options.ts';
import type { Policy } from '../model/policy.ts';
import { resolvePolicy } from '../model/policy.ts';
import { singleProcess } from '../single-process/single-process.ts';
import { ManualClock } from '../testing/manual-clock.ts';

const ON: LearningOptions = { mode: 'on', between: ['10s', '1h'] };
const KEY = 'stats:all';

async function opened() {
  const clock = new ManualClock();
  const cache = new CacheManager({ ports: singleProcess(clock), clock, lease: '1h', random: () => 0 });
  // Starts only the follower: four reports a second, over hours, would dominate the test's time.
  cache.internal.engine.follower.start();
  await clock.through(cache.internal.engine.follower.renew());
  const reload = async (
    value: unknown,
    learn: Policy['learn'],
    more: ((context: LoadContext) => void) | null = null,
  ) => {
    const load = (context: LoadContext) => {
      more?.(context);
      return value;
    };
    const policy: Policy = { freshFor: '1m', staleFor: 0, ...(learn === undefined ? {} : { learn }) };
    const { outcome } = await clock.through(cache.getOrLoadWithOutcome(KEY, load, policy));
    return outcome;
  };
  /** Reloads with the same answer, each as soon as the earlier one is over. */
  const calm = async (times: number, learn: Policy['learn'], value: () => unknown = () => 'same') => {
    for (let i = 0; i < times; i++) {
      const { ttlMs } = await reload(value(), learn);
      await clock.run(ttlMs + 1_000);
    }
  };
  return { clock, cache, reload, calm };
}

describe('a learnt time is', () => {
  test('longer for an unchanging answer, and explained by inspect and by the stats', async () => {
    const { clock, cache, reload, calm } = await opened();
    await calm(25, ON);
    expect((await reload('same', ON)).ttlMs).toBeGreaterThan(2 * 60_000);
    const { learned } = await clock.through(cache.inspect(KEY));
    expect(learned).toMatchObject({ mode: 'on', from: 'key', boundBy: 'limit', evidence: { changes: 0 } });
    expect(learned?.why).toMatch(
      /^0 of [\d.]+ reloads of this key differed, at most [\d.]+ changes per hour: the longest/,
    );
    const { endpoints } = await clock.through(cache.getStats());
    expect(endpoints['stats']?.learned).toMatchObject({ mode: 'on', keys_known: 1, fresh_ms: { fixed: 60_000 } });
    await clock.through(cache.close());
  });

  test('shorter for a changing answer', async () => {
    const { clock, cache, reload } = await opened();
    for (let i = 0; i < 20; i++) await clock.run((await reload(i, ON)).ttlMs + 1_000);
    expect((await reload('last', ON)).ttlMs).toBe(10_000);
    await clock.through(cache.close());
  });

  test('only reported with advise', async () => {
    const { clock, cache, reload, calm } = await opened();
    await calm(40, { ...ON, mode: 'advise' });
    expect((await reload('same', { ...ON, mode: 'advise' })).ttlMs).toBe(60_000);
    const { learned } = await clock.through(cache.inspect(KEY));
    expect(learned?.mode).toBe('advise');
    expect(learned?.freshForMs).toBeGreaterThan(3 * 60_000);
    await clock.through(cache.close());
  });

  test('absent without the option', async () => {
    const { clock, cache, calm } = await opened();
    await calm(3, undefined);
    expect((await clock.through(cache.inspect(KEY))).learned).toBeNull();
    expect((await clock.through(cache.getStats())).endpoints['stats']).not.toHaveProperty('learned');
    await clock.through(cache.close());
  });

  test('overridden by the load’s own time', async () => {
    const { clock, cache, reload, calm } = await opened();
    await calm(40, ON);
    expect((await reload('same', ON, (context) => context.freshFor('7s'))).ttlMs).toBe(7_000);
    await clock.through(cache.close());
  });
});

test('answers that change only with invalidations get the maximum time', async () => {
  const { clock, cache, calm } = await opened();
  let value = 'first';
  for (let round = 0; round < 20; round++) {
    await calm(5, ON, () => value);
    await clock.through(cache.invalidate({ key: KEY }));
    value = `${round}`;
  }
  const { learned } = await clock.through(cache.inspect(KEY));
  const { endpoints } = await clock.through(cache.getStats());
  expect(endpoints['stats']?.learned?.evidence.announced).toBe(19);
  expect(learned).toMatchObject({ evidence: { changes: 0 }, freshForMs: 3_600_000, boundBy: 'most' });
  await clock.through(cache.close());
});

test('ignored members do not count as changes', async () => {
  const { clock, cache, reload } = await opened();
  const learn = { ...ON, ignoring: ['took_ms'] };
  for (let took_ms = 0; took_ms < 30; took_ms++)
    await clock.run((await reload({ rows: [1], took_ms }, learn)).ttlMs + 1_000);
  expect((await clock.through(cache.inspect(KEY))).learned?.evidence.changes).toBe(0);
  await clock.through(cache.close());
});

test('a new key starts with the rate of its kind', async () => {
  const { clock, cache } = await opened();
  const policy = { freshFor: '1m', staleFor: 0, learn: ON } as const;
  const load = (key: string, kind: string, value: unknown) =>
    clock.through(
      cache.getOrLoadWithOutcome(
        key,
        (context) => {
          context.kind(kind);
          return value;
        },
        policy,
      ),
    );
  for (let i = 0; i < 30; i++) {
    for (let page = 0; page < 5; page++) {
      await load(`pages:old:${page}`, 'old', 'same');
      await load(`pages:live:${page}`, 'live', i);
    }
    await clock.run(120_000);
  }
  const old = await load('pages:old:new', 'old', 'same');
  const live = await load('pages:live:new', 'live', 'same');
  expect(old.outcome.ttlMs).toBeGreaterThan(60_000);
  expect(live.outcome.ttlMs).toBeLessThan(20_000);
  await clock.through(cache.close());
});

test.for<[Policy, string]>([
  [{ learn: { mode: 'sometimes' as 'on' } }, 'learn.mode'],
  [{ learn: { mode: 'on', between: ['10m', '1h'] } }, 'learn.between'],
  [{ learn: { mode: 'on', between: ['1s', '2m'] } }, 'learn.between'],
  [{ learn: { mode: 'on', between: [0, '1h'] } }, 'learn.between'],
  [{ learn: { mode: 'on', outdatedShare: 0 } }, 'learn.outdatedShare'],
  [{ learn: { mode: 'on', outdatedShare: Number.NaN } }, 'learn.outdatedShare'],
  [{ freshFor: 0, learn: 'on' }, 'freshFor'],
  [{ learn: { mode: 'on', share: 1 } as LearningOptions }, 'share'],
])('an option that can not be used is named: %j', ([policy, name]) => {
  expect(() => resolvePolicy(policy)).toThrow(name);
});
