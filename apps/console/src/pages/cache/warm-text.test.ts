import { expect, test } from 'vitest';
import { costOf, isKey, warmedText } from './warm-text.ts';

const KEY = 'stats:get_stats:44136fa355b3678a1146ad16f7e8649e';
const hot = (key: string, fresh_for_ms: number | null, warmable = true) => ({
  key,
  name: 'get_stats',
  params: {},
  reads: 1,
  load_ms: 10,
  saving_ms: 10,
  fresh_for_ms,
  warmable,
});

test('a built key is a key, and a prefix is not', () => {
  expect([KEY, 'stats', 'stats:get_stats', '*'].map(isKey)).toEqual([true, false, false, false]);
});

test('the cost of a warming counts the keys that are not fresh and can be loaded', () => {
  const keys = [hot(KEY, 0), hot('b', 5_000), hot('c', 0), hot('d', null), hot('e', 0, false)];
  expect(costOf({ keys, next: null }, 'stats')).toEqual({ keys: 2, loadMs: 20, isPart: false });
  expect(costOf({ keys, next: '500' }, KEY)).toEqual({ keys: 1, loadMs: 10, isPart: true });
});

test('the result of a warming names each outcome that occurred', () => {
  expect(warmedText({ success: true, loaded: 2, fresh: 1, skipped: 0, failed: 0 })).toBe('2 loaded, 1 fresh already.');
  expect(warmedText({ success: true, loaded: 0, fresh: 0, skipped: 1, failed: 1 })).toMatch(
    /1 skipped: .*, 1 failed: /,
  );
});
