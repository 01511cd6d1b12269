import { expect, test } from 'vitest';
import { bytesOf, listOf, preciseDuration, printable, tableOf } from './text.ts';

test('a table aligns its columns and ends at the width of the terminal', () => {
  const columns = [{ title: 'name' }, { title: 'reads', isNumber: true }] as const;
  const rows = [
    ['stats', 1_234],
    ['a\tb', null],
  ];
  expect(tableOf({ columns: null }, columns, rows)).toBe('NAME      READS\nstats     1,234\na\\u0009b      -\n');
  expect(tableOf({ columns: 8 }, columns, rows)).toBe('NAME   …\nstats  …\na\\u0009…\n');
});

test('a list aligns its values and leaves out null', () => {
  expect(
    listOf([
      ['key', 'a:b'],
      ['problem', null],
      ['reads', 3],
    ]),
  ).toBe('key    a:b\nreads  3\n');
});

test.for([
  [0.0512, '0.0512 ms'],
  [12.34, '12.3 ms'],
  [4_200, '4.2 s'],
  [90_000, '1.5 min'],
  [-61_000, '-1.02 min'],
  [36_000_000, '10 h'],
] as const)('%d ms is %s', ([ms, text]) => {
  expect(preciseDuration(ms)).toBe(text);
});

test.for([
  [0, '0 B'],
  [999, '999 B'],
  [46_080, '46.1 kB'],
  [2 ** 40, '1.1 TB'],
] as const)('%d bytes are %s', ([bytes, text]) => {
  expect(bytesOf(bytes)).toBe(text);
});

test('text without control characters stays as it is', () => {
  expect(printable('Zoë: 日本語 🚀')).toBe('Zoë: 日本語 🚀');
});
