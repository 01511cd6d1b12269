import { expect, test } from 'vitest';
import { fromLocalInput, toLocalInput } from './local-time.ts';

test.for(['2026-03-01T10:00:00.000Z', '2026-07-01T23:59:58.000Z', '1999-12-31T23:30:00.125Z'])(
  '%s is the same after an input shows it',
  (instant) => {
    expect(fromLocalInput(toLocalInput(instant))).toBe(instant);
  },
);

test('seconds are shown only if there are any', () => {
  expect(toLocalInput('2026-03-01T10:00:00.000Z')).toMatch(/T\d\d:\d\d$/);
  expect(toLocalInput('2026-03-01T10:00:07Z')).toMatch(/T\d\d:\d\d:07$/);
});

test('other text is an empty value', () => {
  expect([toLocalInput(''), toLocalInput('soon'), fromLocalInput(''), fromLocalInput('x')]).toEqual(['', '', '', '']);
});
