import { expect, test } from 'vitest';
import type { Version } from '../load/history.ts';
import type { FinalState, StoredFile } from './final-state.ts';
import { judgeEnd, judgeLastRead } from './judge-end.ts';

function version(over: Partial<Version> = {}): Version {
  return {
    ...{ subject: 7, number: 0, name: 'subject7-version0.log', lines: 3 },
    upload: { askedAt: 100, answeredAt: 200, answered: 'pending' },
    ...{ fileId: 'id', indexedAt: null, indexedAppliedAt: null, deletion: null },
    ...over,
  };
}

const unanswered = version({ upload: { askedAt: 100, answeredAt: null, answered: 'unknown' }, fileId: null });
const gone = version({ deletion: { askedAt: 500, answeredAt: 600, answered: 'pending' } });

const stored = (over: Partial<StoredFile> = {}): StoredFile => ({
  ...{ id: 'id', name: 'subject7-version0.log', status: 'indexed', lines: [1, 2, 3] },
  ...over,
});

const state = (files: readonly StoredFile[], over: Partial<FinalState> = {}): FinalState => ({
  ...{ files, orphans: 0, unsettled: [], failedJobs: [], openJobs: [] },
  ...over,
});

test('an answered upload that is complete and indexed is correct', () => {
  expect(judgeEnd([version()], state([stored()]))).toEqual([]);
});

test('an answered upload that is missing is lost', () => {
  expect(judgeEnd([version()], state([]))).toEqual([expect.stringContaining('is lost')]);
});

test('an upload that is still in progress is stuck', () => {
  expect(judgeEnd([version()], state([stored({ status: 'indexing' })]))).toEqual([
    expect.stringContaining('not indexed'),
  ]);
});

test('a lost, duplicated or foreign line is found', () => {
  expect(judgeEnd([version()], state([stored({ lines: [1, 3] })]))).toEqual([expect.stringContaining('lost: 2')]);
  expect(judgeEnd([version()], state([stored({ lines: [1, 2, 2, 3] })]))).toEqual([
    expect.stringContaining('duplicated'),
  ]);
  expect(judgeEnd([version()], state([stored({ lines: [1, 2, 3, -1] })]))).toEqual([
    expect.stringContaining('lines of another file'),
  ]);
});

test('an unanswered upload is completely there or completely absent', () => {
  expect(judgeEnd([unanswered], state([]))).toEqual([]);
  expect(judgeEnd([unanswered], state([stored()]))).toEqual([]);
  expect(judgeEnd([unanswered], state([stored({ lines: [1, 2] })]))).toHaveLength(1);
  expect(judgeEnd([unanswered], state([stored(), stored({ id: 'other' })]))).toEqual([
    expect.stringContaining('stored 2 times'),
  ]);
});

test('an answered deletion leaves nothing', () => {
  expect(judgeEnd([gone], state([]))).toEqual([]);
  expect(judgeEnd([gone], state([stored({ status: 'deleted' })]))).toEqual([expect.stringContaining('was deleted')]);
});

test('orphaned lines, unknown files, and unfinished events and jobs are found', () => {
  const left = { orphans: 2, unsettled: ['an event'], openJobs: ['a job'], failedJobs: ['another'] };
  expect(judgeEnd([], state([stored()], left))).toHaveLength(5);
});

test('the last reads must show exactly the stored files', () => {
  const when = { api: 'api 1', beganAt: 1, endedAt: 2, verified: true };
  const list = (status: string) => ({
    ...{ ...when, kind: 'files' as const },
    seen: new Map([['subject7-version0.log', { lines: [], status }]]),
  });
  expect(judgeLastRead(list('indexed'), state([stored()]))).toEqual([]);
  expect(judgeLastRead(list('received'), state([stored()]))).toHaveLength(1);
  const stats = (total: number) => ({ ...when, kind: 'stats' as const, subject: 7, total });
  expect(judgeLastRead(stats(3), state([stored()]))).toEqual([]);
  expect(judgeLastRead(stats(2), state([stored()]))).toHaveLength(1);
});
