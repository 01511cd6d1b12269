import type { Scope, Selector } from '@pilotlight/cache-core';
import { type DomainEvent, type Extent, invalidationsOf } from '@pilotlight/contracts';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { play, randomHistory } from './testing/random-changes.ts';
import { openRecipeWorld, type Swapped } from './testing/recipe-world.ts';
import { emptyTally, figuresOf, type InvalidationTally, precisionOf } from './testing/tally.ts';

async function openWorld(swapped: Swapped = {}) {
  const world = await openRecipeWorld(swapped);
  onTestFinished(() => world.close());
  return world;
}

test('after any change of files, no altered answer is served again, and few others are lost', async () => {
  const world = await openWorld();
  const all: InvalidationTally = emptyTally();
  await fc.assert(
    fc.asyncProperty(randomHistory, async (history) => {
      const tally = emptyTally();
      await play(world, history, tally);
      expect(tally.missed).toEqual([]);
      all.asked += tally.asked;
      all.altered += tally.altered;
      all.invalidated += tally.invalidated;
      all.needless.push(...tally.needless);
    }),
    { numRuns: 15 },
  );
  process.stderr.write(`Random files: ${figuresOf(all)}\n`);
  expect(all.altered).toBeGreaterThan(50);
  expect(precisionOf(all)).toBeGreaterThanOrEqual(0.9);
});

/** Returns the event with another extent. */
function saying(change: (extent: Extent) => Partial<Extent>): (event: DomainEvent) => readonly Selector[] {
  return (event) => {
    if (!('extent' in event) || event.extent === undefined) return invalidationsOf(event);
    return invalidationsOf({ ...event, extent: { ...event.extent, ...change(event.extent) } });
  };
}

const withoutLast = (names: readonly string[] = []): string[] => [...names.slice(0, -1), 'no such'];

const NARROWED: [string, Swapped][] = [
  [
    'an event that leaves out its last instant',
    { selectorsOf: saying(({ time }) => ({ time: time && { from: time.from - 1, to: time.to - 1 } })) },
  ],
  ['an event that leaves out a level', { selectorsOf: saying(({ levels }) => ({ levels: withoutLast(levels) })) }],
  [
    'an event that leaves out a service',
    { selectorsOf: saying(({ services }) => ({ services: withoutLast(services) })) },
  ],
  ['an event of another file', { selectorsOf: (event) => invalidationsOf({ ...event, fileId: event.id }) }],
  [
    'an answer without bounds that leaves out records without a time',
    { scopeOf: (said: Scope) => ({ dated: ['yes'], ...said }) },
  ],
];

describe('control: a scope that is too narrow is detected', () => {
  test.for(NARROWED)('%s', async ([, swapped]) => {
    const world = await openWorld(swapped);
    const tally = emptyTally();
    for (const history of fc.sample(randomHistory, { numRuns: 30, seed: 5 })) {
      await play(world, history, tally);
      if (tally.missed.length > 0) break;
    }
    expect(tally.missed.length).toBeGreaterThan(0);
  });
});
