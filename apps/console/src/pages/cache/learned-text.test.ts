import { expect, test } from 'vitest';
import { evidenceWords, modeText, placesOf } from './learned-text.ts';
import type { Learned } from './types.ts';

const fresh: Learned['fresh_ms'] = { fixed: 60_000, allowed: [12_000, 300_000], new_key: 60_000, known_keys: null };

test('the fixed time lies in the middle of a fifth and five times of it', () => {
  const known_keys = { least: 12_000, median: 26_832.8, most: 600_000 };
  const { fixed, learned, known } = placesOf({ fresh_ms: { ...fresh, new_key: 300_000, known_keys } });
  expect([fixed, learned, known?.from, known?.to]).toEqual([0.5, 1, 0, 1]);
  expect(known?.median).toBeCloseTo(0.25);
});

test('bounds that leave no choice place every time in the middle', () => {
  expect(placesOf({ fresh_ms: { ...fresh, allowed: [60_000, 60_000] } })).toEqual({
    fixed: 0.5,
    learned: 0.5,
    known: null,
  });
});

test('the evidence is the compared reloads and the rates; null without any', () => {
  const evidence = { observations: 12.04, changes: 3, exposure_ms: 7_200_000, announced: 0 };
  expect(evidenceWords({ evidence, changes_per_hour: { mean: 1.5, upper: 2.34 } })).toEqual({
    compared: '12, over 2 h',
    differed: '3',
    rates: 'about 1.5, at most 2.3',
  });
  const none = { evidence: { ...evidence, observations: 0 }, changes_per_hour: { mean: 1, upper: 1 } };
  expect(evidenceWords(none)).toBe(null);
});

test('advice is said to be unused', () => {
  expect(modeText('advise', fresh)).toBe('Advice, not used: 1 min, as the route says.');
  expect(modeText('on', { ...fresh, new_key: 240_000 })).toBe('In force: 4 min instead of 1 min.');
});
