import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildKey } from '../model/key.ts';
import { SimulatedWorld } from '../testing/index.ts';
import { SeededRandom } from '../testing/seeded-random.ts';

const PARTS = { prefix: 'stats', name: 'n', params: { n: 1 } };
const KEY = buildKey(PARTS);
let world: SimulatedWorld;
beforeEach(() => {
  world = new SimulatedWorld();
});
afterEach(() => world.close());

test('without workers, four processes load a key at most twice per period and no reader waits', async () => {
  const random = new SeededRandom(5);
  const processes = await Promise.all([1, 2, 3, 4].map(() => world.unstarted({ random: random.next })));
  for (const { cache } of processes) await world.clock.through(cache.start());
  await world.clock.advance(1_100);
  const [first] = processes;
  if (!first) throw new Error('expected four processes');
  let loads = 0;
  const load = async () => {
    loads++;
    await world.clock.sleep(500);
    return loads;
  };
  const policy = { freshFor: '10s' } as const;
  await world.clock.through(first.cache.getOrLoad(PARTS, load, policy));
  const outcomes = new Set<string>();
  for (let i = 0; i < 2_500; i++) {
    void random
      .oneOf(processes)
      .cache.getOrLoadWithOutcome(PARTS, load, policy)
      .then(({ outcome }) => {
        outcomes.add(outcome.outcome);
      });
    await world.clock.advance(20);
  }
  expect(outcomes).not.toContain('miss');
  expect(loads).toBeLessThanOrEqual(1 + 2 * 5);
});

test('a read by key parts of a known recipe counts as demand, other reads do not', async () => {
  const { cache } = await world.process({ recipes: [{ prefix: 'stats', name: 'n' }] });
  for (let i = 0; i < 3; i++) await world.clock.through(cache.getOrLoad(PARTS, () => 1));
  await world.clock.through(cache.getOrLoad({ ...PARTS, name: 'other' }, () => 1));
  await world.clock.through(cache.getOrLoad({ ...PARTS, version: 2 }, () => 1));
  await world.clock.through(cache.getOrLoad('stats:by-hand', () => 1));
  await world.clock.advance(500);
  expect(await world.clock.through(cache.hotKeys(10, ['stats']))).toEqual([
    { key: KEY, recipe: PARTS, reads: expect.closeTo(3, 1), loadMs: 0 },
  ]);
});
