import { expect, test } from 'vitest';
import { causeWords, isComplete, merged } from './log-text.ts';
import type { LogAnswer, LogRecord } from './types.ts';

const ID = '01a20449-0000-4000-8000-000000000000';
const nameOf = (id: string) => (id === ID ? '<i>.log' : null);

test.for([
  [{ kind: 'event', type: 'file.uploaded', file_id: ID }, 'Upload', '<i>.log'],
  [{ kind: 'event', type: 'file.deleted', file_id: 'b' }, 'Deletion', 'file b'],
  [{ kind: 'request', token: 'env:admin' }, 'Request', 'with the token env:admin'],
  [{ kind: 'request', token: null }, 'Request', 'without a token'],
  [{ kind: 'repair', why: 'job 5 could not be applied' }, 'Repair', 'job 5 could not be applied'],
  [null, 'Not known', null],
] as const)('the cause %j is said as %s', ([cause, what, detail]) => {
  expect(causeWords(cause, nameOf)).toEqual({ what, detail });
});

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
const page = (records: readonly LogRecord[], next: number | null, epoch = 1): LogAnswer => ({
  success: true,
  epoch,
  applied: records[0]?.position ?? 0,
  records: [...records],
  next,
});
const positions = ({ records }: LogAnswer): number[] => records.map(({ position }) => position);

test('a newer page is joined with the records before it, each once, newest first', () => {
  const { records, next } = merged(page([record(3), record(2)], 2), page([record(4), record(3, 1)], 3), null);
  expect(records.map(({ position, receipt_ms }) => [position, receipt_ms])).toEqual([
    [4, null],
    [3, 1],
    [2, null],
  ]);
  expect(next).toBe(2);
});

test('a page is complete once each record has its cause', () => {
  const known: LogRecord = { ...record(4), cause: { kind: 'request', token: null } };
  expect(isComplete(page([known], null))).toBe(true);
  expect(isComplete(page([record(5), known], null))).toBe(false);
});

test('an older page is joined at its end', () => {
  const whole = merged(page([record(4), record(3)], 3), page([record(2), record(1)], null), 3);
  expect([positions(whole), whole.applied, whole.next]).toEqual([[4, 3, 2, 1], 4, null]);
});

test('given records that were not read in between, only the newer page is shown', () => {
  const newer = page([record(9), record(8)], 8);
  expect(merged(page([record(3), record(2)], 2), newer, null)).toBe(newer);
  expect(positions(merged(page([record(7), record(6)], 6), newer, null))).toEqual([9, 8, 7, 6]);
});

test('given an older page of records that are not shown any more, it is left out', () => {
  const shown = page([record(9), record(8)], 8);
  expect(merged(shown, page([record(2), record(1)], null), 3)).toBe(shown);
});

test('a page of another epoch replaces the pages before', () => {
  const other = page([record(1)], null, 2);
  expect(merged(page([record(9)], null), other, null)).toBe(other);
});
