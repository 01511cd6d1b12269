import { SeededRandom } from '@pilotlight/cache-core/testing';
import { afterEach, expect, test } from 'vitest';
import { drawPlan } from './plan.ts';
import { described } from './report.ts';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './simulate.ts';
import { type Node, World } from './world.ts';

const real = { now: Date.now, random: Math.random, monotonic: performance.now, timer: globalThis.setTimeout };

afterEach(() => {
  Date.now = real.now;
  Math.random = real.random;
  performance.now = real.monotonic;
  globalThis.setTimeout = real.timer;
});

test('the same seed gives the same history, in this thread and in another', async () => {
  const [once, again] = [await simulate({ seed: 7 }), await simulate({ seed: 7 })];
  expect(again.digest).toBe(once.digest);
  const elsewhere = await runSeeds({ from: 7, seeds: 1 });
  expect(elsewhere.tally).toEqual({ ...once.tally });
  expect((await simulate({ seed: 8 })).digest).not.toBe(once.digest);
});

test('the engine uses neither the real clock nor real randomness, so replay is exact', async () => {
  const asked = new Set<string>();
  const watch = <Args extends unknown[], Result>(what: string, ask: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      const from = new Error().stack?.split('\n').slice(2, 4).join() ?? '';
      if (from.includes('cache-core/src')) asked.add(`${what}: ${from}`);
      return ask(...args);
    };
  };
  Date.now = watch('Date.now', real.now);
  Math.random = watch('Math.random', real.random);
  performance.now = watch('performance.now', real.monotonic.bind(performance));
  globalThis.setTimeout = Object.assign(watch('setTimeout', real.timer), real.timer);
  for (let seed = 1; seed <= 10; seed++) await simulate({ seed });
  expect([...asked]).toEqual([]);
});

test('a run contains hits, loads, acknowledged writes, unverified answers and faults', async () => {
  const { tally } = await runSeeds({ seeds: 20 });
  for (const what of ['reads', 'hits', 'stale', 'collapsed', 'unverified', 'loads', 'applied', 'pending', 'faults'])
    expect(tally[what], what).toBeGreaterThan(20);
});

test('a failed seed reports the events around it and how to repeat it', async () => {
  const { wrong } = await runSeeds({ seeds: 200, mutant: 'receiptWaits', until: () => true });
  const [first] = wrong;
  if (!first) throw new Error('expected a broken promise, got none');
  const lines = described(first.seed, first.wrong).split('\n');
  expect(lines.length).toBeLessThanOrEqual(15);
  expect(lines[0]).toMatch(/^seed \d+: p\d\S* \w+ \w from \d+ to \d+: the \w+ .* acknowledged/);
  expect(lines.slice(1, -1).every((line) => /^\s+\d+ ms {2}(p\d\S*|--) {2}\S/.test(line))).toBe(true);
  expect(lines.join()).toMatch(/load of \w begins at \d+ as of \d+-\d+, sees state \d+, until \d+/);
  expect(lines.join()).toMatch(/\(state \d+\) called at \d+, acknowledged at \d+ as \d+-\d+/);
  expect(lines.at(-1)?.trim()).toBe(`npm run simulate -- --seed ${first.seed}`);
});

test('messages of a process with slow connections take longer than those of another', async () => {
  const random = new SeededRandom(1);
  const network = { slowShare: 0, slowMs: 20, lostShare: 0 };
  const world = new World({ ...drawPlan(random), network }, random);
  const [slow, other] = [world.node(0), world.node(1)];
  slow.host.slowDown(10_000);
  const tookMs = async ({ durable }: Node) => {
    const began = world.clock.monotonic();
    for (let i = 0; i < 20; i++) await world.clock.through(durable.call('the log', () => null));
    return world.clock.monotonic() - began;
  };
  expect(await tookMs(slow)).toBeGreaterThan(2 * (await tookMs(other)));
});

test('a replaced part of the engine is checked like the engine', async () => {
  const blind = { wrong: 0 };
  for (let seed = 1; seed <= 20; seed++) {
    const { wrong } = await simulate({
      seed,
      tamper: ({
        cache: {
          internal: { engine },
        },
      }) => Object.assign(engine.inFlight, { mayAnswer: () => true, joinable: engine.inFlight.get }),
    });
    blind.wrong += wrong.length;
  }
  expect(blind.wrong).toBeGreaterThan(0);
});
