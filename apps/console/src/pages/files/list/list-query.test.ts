import { expect, test } from 'vitest';
import { countOf, filesQueryOf, stateOf } from './list-query.ts';

const of = (text: string) => filesQueryOf(new URLSearchParams(text));

test('the query of the page becomes the query of the api', () => {
  expect(of('')).toEqual({ limit: 50 });
  expect(of('rows=100&cursor=abc&state=failed&name=a%26b&file=x')).toEqual({
    limit: 100,
    cursor: 'abc',
    state: 'failed',
    name: 'a&b',
  });
});

test('values that the api would refuse are left out', () => {
  expect(of(`rows=7&state=gone&cursor=&name=${'n'.repeat(300)}`)).toEqual({ limit: 50, name: 'n'.repeat(200) });
  expect(stateOf('constructor')).toBeNull();
});

test('files in progress are those received and those being indexed', () => {
  const stats = {
    total_files: 10,
    total_bytes: 0,
    total_lines: 0,
    total_records: 0,
    by_status: { received: 1, indexing: 2, indexed: 3, failed: 4 },
  };
  expect([null, 'in_progress', 'indexed', 'failed'].map((state) => countOf(stats, stateOf(state)))).toEqual([
    10, 3, 3, 4,
  ]);
});
