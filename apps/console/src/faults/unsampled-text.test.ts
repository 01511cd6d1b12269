import { expect, test } from 'vitest';
import { figuresText, unsampledOf, unsampledText } from './unsampled-text.ts';

const since = '2026-03-01T10:00:00.000Z';
const queues = { section: 'queues', since, reason: 'WRONGTYPE' } as const;
const health = { section: 'health', since, reason: 'no answer' } as const;

test('given failed sections, a page reports those that it shows', () => {
  expect(unsampledOf({ failed: [queues, health] }, ['health', 'cache'])).toEqual([health]);
  expect(unsampledOf({ failed: [queues, health] }, ['health', 'queues'])).toEqual([health, queues]);
  expect(unsampledOf({ failed: [] }, ['health'])).toEqual([]);
});

test('given an api that reports no sampling, no section has failed', () => {
  expect(unsampledOf(null, ['health'])).toEqual([]);
});

test('a failed section is named, and whether its figures are old or missing', () => {
  expect(unsampledText(queues)).toBe('The api cannot read the queues');
  expect(figuresText(true)).toBe('The page shows the last figures before that.');
  expect(figuresText(false)).toBe('The page has no figures of it.');
});
