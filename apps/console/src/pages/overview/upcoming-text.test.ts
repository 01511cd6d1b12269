import { expect, test } from 'vitest';
import { ageText, upcomingText } from './upcoming-text.ts';

const fresh = { age_ms: 3_000, load_ms: 50, fresh_for_ms: 12_000, loading: false, last_invalidation: null };

test('the time to the refresh counts down from the sample', () => {
  expect(upcomingText(fresh, 0)).toContain('refresh in 12 s');
  expect(upcomingText(fresh, 5_000)).toContain('refresh in 7 s');
  expect(ageText(fresh, 5_000)).toBe('8 s');
});

test.each([
  [null, 'no reader'],
  [{ ...fresh, loading: true }, 'loads it now'],
  [{ ...fresh, fresh_for_ms: null }, 'unknown'],
  [{ ...fresh, fresh_for_ms: 0 }, 'next read refreshes it'],
  [{ ...fresh, fresh_for_ms: 0, age_ms: null }, 'next read loads it'],
])('%j: %s', (next, text) => {
  expect(upcomingText(next, 0)).toContain(text);
});

test('an answer that no process can serve has no age', () => {
  expect(ageText({ ...fresh, age_ms: null }, 0)).toBeNull();
  expect(ageText(null, 0)).toBeNull();
});
