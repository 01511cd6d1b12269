import { expect, test } from 'vitest';
import type { SimulatedProcess } from '../simulated-world.ts';
import { simulate } from './simulate.ts';

const SEEDS = 100;
/** Enough to find what is taken away below, several times over. */
const SEEDS_TO_FIND = 30;

/** The seeds whose history broke a promise, with the first broken one. */
async function wrongSeeds(seeds: number, tamper?: (process: SimulatedProcess) => void): Promise<string[]> {
  const wrong: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const history = await simulate({ seed, ...(tamper && { tamper }) });
    if (history.wrong.length > 0) wrong.push(`seed ${seed}: ${history.wrong[0]}`);
  }
  return wrong;
}

test(`over ${SEEDS} seeds of delays and faults no answer is from before an acknowledged write, and all ends`, async () => {
  expect(await wrongSeeds(SEEDS)).toEqual([]);
});

test('the same seed gives the same history', async () => {
  const [once, again] = [await simulate({ seed: 7 }), await simulate({ seed: 7 })];
  expect(again.tally).toEqual(once.tally);
  expect(once.tally.hits).toBeGreaterThan(0);
  expect(once.tally.applied).toBeGreaterThan(0);
});

// It must be able to fail: each of these parts taken away is found.
const tampers: [string, (process: SimulatedProcess) => void][] = [
  [
    'the check against what was hit',
    ({ cache }) => Object.assign(cache.engine.follower.index, { isHitSince: () => false }),
  ],
  [
    'the end of the lease',
    ({ cache: { engine } }) =>
      Object.defineProperty(engine.follower, 'isCurrent', { get: () => engine.follower.synced }),
  ],
  ['the check as a load lands', ({ cache }) => Object.assign(cache.engine.flights, { mayAnswer: () => true })],
];

test.for(tampers)('without %s some answer is from before an acknowledged write', async ([, tamper]) => {
  expect(await wrongSeeds(SEEDS_TO_FIND, tamper)).not.toEqual([]);
});
