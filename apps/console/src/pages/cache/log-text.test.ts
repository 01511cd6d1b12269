import { expect, test } from 'vitest';
import { causeWords, joined } from './log-text.ts';
import type { LogRecord } from './types.ts';

const ID = '01a20449-0000-4000-8000-000000000000';
const nameOf = (id: string) => (id === ID ? '<i>.log' : null);

test.for([
  [{ kind: 'event', type: 'file.uploaded', file_id: ID }, 'Upload', '<i>.log'],
  [{ kind: 'event', type: 'file.deleted', file_id: 'b' }, 'Deletion', 'file b'],
  [{ kind: 'request', token: 'env:admin' }, 'Request', 'with the token env:admin'],
  [{ kind: 'request', token: null }, 'Request', 'without a token'],
  [{ kind: 'repair', why: 'job 5 could not be applied' }, 'Repair', 'job 5 could not be applied'],
  [null, 'Not known any more', null],
] as const)('the cause %j is said as %s', ([cause, what, detail]) => {
  expect(causeWords(cause, nameOf)).toEqual({ what, detail });
});

test('a newer page is joined with the records before it, each once, newest first', () => {
  const record = (position: number, receipt_ms: number | null = null): LogRecord => ({
    position,
    mode: 'invalidate',
    selectors: ['a'],
    more_selectors: 0,
    at: null,
    cause: null,
    receipt_ms,
    processes: null,
  });
  const records = joined([record(4), record(3, 1)], [record(3), record(2)]);
  expect(records.map(({ position, receipt_ms }) => [position, receipt_ms])).toEqual([
    [4, null],
    [3, 1],
    [2, null],
  ]);
});
