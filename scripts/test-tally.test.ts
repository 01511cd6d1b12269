import { expect, test } from 'vitest';
import { beginningOf, summaryOf } from './test-tally.ts';

test('the line of a failed property names its seed, its counterexample and its error, however long the counterexample is', () => {
  const line = beginningOf(
    [
      'Property failed after 29 tests',
      '{ seed: 42, path: "28:0", endOnFailure: true }',
      `Counterexample: ["${'a'.repeat(20_000)}"]`,
      'Shrunk 1 time(s)',
      '',
      'Got Error: expected a record',
      '    at run (fuzz.ts:1:1)',
    ].join('\n'),
  );
  for (const part of [
    'Property failed after 29 tests',
    'seed: 42',
    'Counterexample: ["aaa',
    'Got Error: expected a record',
  ])
    expect(line).toContain(part);
  expect(line).not.toContain('\n');
  expect(line.length).toBeLessThan(1_300);
});

test('an error without a text, and one in colours, are said in plain words', () => {
  expect(beginningOf(undefined)).toBe('no message');
  expect(beginningOf('\u001b[31mexpected 1\u001b[39m\n\n  to be 2')).toBe('expected 1 · to be 2');
});

test('the line of a failed comparison names what differs', () => {
  const diff = `\u001b[32m- Expected\u001b[39m\n\u001b[31m+ Received\u001b[39m\n\n  {\n    "same": 1,\n-   "status": 200,\n-   "a": 1,\n-   "b": 1,\n-   "c": 1,\n+   "status": 304,\n  }`;
  expect(summaryOf({ message: 'expected { Object } to deeply equal { Object }', diff })).toBe(
    'expected { Object } to deeply equal { Object } · - "status": 200, · - "a": 1, · - "b": 1, · + "status": 304,',
  );
  expect(summaryOf({ message: 'expected 1' })).toBe('expected 1');
  expect(summaryOf(undefined)).toBe('no message');
});
