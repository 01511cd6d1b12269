import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildKey, type CacheKey } from '../model/key.ts';
import { type ResolvedLearning, resolveLearning } from '../model/learning-options.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { MAX_KEYS, RateRegistry } from './rate-registry.ts';
import { staleShareOfHits } from './stale-share.ts';
import { poisson } from './testing/changing-answers.ts';
import { readSteadily, type Step } from './testing/steady-reader.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LEARNING = learning({ mode: 'on', between: ['10s', '4h'], outdatedShare: 0.05 });
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

function learning(options: Parameters<typeof resolveLearning>[0], fixedMs = 5 * MINUTE): ResolvedLearning {
  const resolved = resolveLearning(options, fixedMs);
  if (!resolved) throw new Error('expected it to be learnt, got off');
  return resolved;
}

const keyOf = (id: number): CacheKey => buildKey({ prefix: 'p', name: 'n', params: id });

test('without observations the decision is the fixed time', () => {
  const decision = new RateRegistry().decide({ key: keyOf(1), kind: null, learning: LEARNING });
  expect(decision).toMatchObject({ freshForMs: 5 * MINUTE, boundBy: 'fixed', from: 'nothing' });
  expect(decision.why).toContain('no reload has been compared');
});

test('for any history, decisions are within bounds and memory is bounded', () => {
  const observation = fc.record({
    id: fc.integer({ min: 0, max: 5 }),
    kind: fc.constantFrom(null, 'a', 'b'),
    apartMs: fc.oneof(fc.double({ min: 0, max: 1e13, noNaN: true }), fc.constantFrom(1e-9, Number.MAX_SAFE_INTEGER)),
    changed: fc.boolean(),
    waitedMs: fc.double({ min: 0, max: 1e13, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 200 }), (history) => {
      const book = new RateRegistry();
      for (const { id, kind, ...seen } of history) {
        const learnt = { key: keyOf(id), kind, learning: LEARNING };
        book.observe(learnt, seen);
        const { freshForMs, estimate, evidence } = book.decide(learnt);
        expect(freshForMs).toBeGreaterThanOrEqual(10 * SECOND);
        expect(freshForMs).toBeLessThanOrEqual(4 * HOUR);
        for (const number of [...Object.values(estimate), ...Object.values(evidence)]) expect(number).not.toBeNaN();
      }
    }),
    { numRuns: 300 },
  );
});

test('more changes never make the time longer', () => {
  const history = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e7 }), fc.boolean()), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(history, (steps) => {
      const [calm, lively] = [new RateRegistry(), new RateRegistry()];
      const learnt = { key: keyOf(1), kind: null, learning: LEARNING };
      for (const [apartMs, changed] of steps) {
        calm.observe(learnt, { apartMs, changed: false, waitedMs: 0 });
        lively.observe(learnt, { apartMs, changed, waitedMs: 0 });
      }
      expect(lively.decide(learnt).freshForMs).toBeLessThanOrEqual(calm.decide(learnt).freshForMs);
    }),
    { numRuns: 300 },
  );
});

test('of 20,000 keys and kinds, 1,000 keys and 31 kinds have their own observations', () => {
  const book = new RateRegistry();
  for (let id = 0; id < 20_000; id++)
    book.observe(
      { key: keyOf(id), kind: `kind ${id}`, learning: LEARNING },
      { apartMs: MINUTE, changed: false, waitedMs: 0 },
    );
  const [first] = book.prefixes();
  expect(first?.[1].keys.size).toBe(MAX_KEYS);
  expect(first?.[1].kinds.size).toBe(31);
  expect(book.decide({ key: keyOf(0), kind: null, learning: LEARNING }).from).toBe('prefix');
});

describe('a key that changes at a steady rate', () => {
  const rate = 1 / HOUR;
  const runs = SEEDS.map((seed) =>
    readSteadily(new RateRegistry(), LEARNING, {
      changes: poisson(rate, new SeededRandom(seed * 31)),
      readEveryMs: SECOND,
      untilMs: 2_000 * HOUR,
      seed,
    }).slice(200),
  );

  test('after 200 reloads the estimate is between half and twice the true rate 19 times of 20', () => {
    const ratios = runs.flat().map(({ changesPerHour }) => changesPerHour / (rate * HOUR));
    expect(mean(ratios)).toBeGreaterThan(0.85);
    expect(mean(ratios)).toBeLessThan(1.3);
    expect(ratios.filter((ratio) => ratio > 0.5 && ratio < 2).length / ratios.length).toBeGreaterThan(0.95);
  });

  test('the decision does not oscillate', () => {
    for (const run of runs) {
      const chosen = run.map(({ freshForMs }) => freshForMs);
      const sorted = chosen.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
      expect(at(0.95) / at(0.05)).toBeLessThan(4);
      const steps = chosen.slice(1).map((ms, i) => Math.abs(Math.log(ms / (chosen[i] ?? ms))));
      expect(mean(steps)).toBeLessThan(Math.log(1.02));
    }
  });

  test('the share of stale reads is at most the limit', () => {
    for (const run of runs)
      expect(mean(run.map(({ freshForMs }) => staleShareOfHits(freshForMs, rate)))).toBeLessThan(0.05);
  });
});

describe('hostile patterns:', () => {
  test('a key that starts changing every half minute is down to a minute in ten reloads', () => {
    const steps = readSteadily(new RateRegistry(), LEARNING, {
      changes: poisson(1 / (30 * SECOND), new SeededRandom(5), 1_000 * HOUR),
      readEveryMs: SECOND,
      untilMs: 1_050 * HOUR,
      seed: 1,
    });
    const began = steps.findIndex(({ at }) => at >= 1_000 * HOUR);
    expect(steps[began - 1]?.freshForMs).toBe(4 * HOUR);
    expect(Math.min(...steps.slice(began, began + 10).map(({ freshForMs }) => freshForMs))).toBeLessThan(MINUTE);
  });

  test('a key that changes in bursts recovers half its time within 200 calm reloads', () => {
    const random = new SeededRandom(3);
    function* bursts() {
      for (let i = 1; i <= 3; i++) yield* poisson(1 / MINUTE, random, i * 500 * HOUR, i * 500 * HOUR + 2 * HOUR);
    }
    const steps = readSteadily(new RateRegistry(), LEARNING, {
      ...{ changes: bursts(), readEveryMs: SECOND, untilMs: 2_000 * HOUR, seed: 2 },
    });
    for (let i = 1; i <= 3; i++) {
      const before = steps.findLast(({ at }) => at < i * 500 * HOUR);
      const over = steps.findIndex(({ at }) => at > i * 500 * HOUR + 6 * HOUR);
      const after = steps.slice(over, over + 200);
      expect(Math.max(...after.map(({ freshForMs }) => freshForMs))).toBeGreaterThan((before?.freshForMs ?? 0) / 2);
    }
    expectWithin(steps);
  });

  test('frequent reads of one key at most double the time of others', () => {
    const book = new RateRegistry();
    for (let id = 1; id <= 40; id++) {
      const changes = poisson(1 / (20 * MINUTE), new SeededRandom(id));
      readSteadily(book, LEARNING, { changes, readEveryMs: MINUTE, untilMs: 4 * HOUR, seed: id, id });
    }
    const unknown = { key: buildKey({ prefix: 'steady', name: 'n', params: 'new' }), kind: null, learning: LEARNING };
    const before = book.decide(unknown).freshForMs;
    const hammered = { ...unknown, key: buildKey({ prefix: 'steady', name: 'n', params: 'hammered' }) };
    for (let i = 0; i < 100_000; i++) book.observe(hammered, { apartMs: 10 * SECOND, changed: false, waitedMs: 0 });
    expect(book.decide(unknown).freshForMs).toBeLessThan(2 * before);
    expect(book.decide(hammered).freshForMs).toBeGreaterThan(before);
  });
});

function expectWithin(steps: readonly Step[]): void {
  for (const { freshForMs } of steps) {
    expect(freshForMs).toBeGreaterThanOrEqual(10 * SECOND);
    expect(freshForMs).toBeLessThanOrEqual(4 * HOUR);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
