import { expect, test } from 'vitest';
import { bytes, count, duration, percent, seconds } from './format.ts';

test.each([
  [0, '0 ms'],
  [0.00102, '1.02 µs'],
  [0.0504, '50.4 µs'],
  [52.06, '52.1 ms'],
  [999, '999 ms'],
  [3_400, '3.4 s'],
  [320_000, '5 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('a duration of %d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [-5, '0 s'],
  [12_400, '12 s'],
  [60_000, '1 min'],
])('%d ms until an instant are %s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [512, '512 B'],
  [999, '999 B'],
  [1_500_000, '1.5 MB'],
  [999_900, '1 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text);
});

test.each([
  [100, '100 %'],
  [99.999, '> 99.99 %'],
  [99.98, '99.98 %'],
  [0, '0 %'],
  [0.001, '< 0.01 %'],
  [57.25, '57.3 %'],
])('a share of %d is %s', (value, text) => {
  expect(percent(value)).toBe(text);
});

test('a count has separators', () => {
  expect(count(1_234_567)).toBe('1,234,567');
});
