import { describe, expect, test } from 'vitest';
import { type FilesRead, History, type SearchRead, type StatsRead, type Version } from '../load/history.ts';
import { BLIND_FRESH_MS, judgeRead } from './judge-read.ts';

/** Builds a version with 3 lines, uploaded from 100 to 200, known to be indexed at 300 and applied at 400. */
function version(over: Partial<Version> = {}): Version {
  return {
    ...{ subject: 7, number: 0, name: 'subject7-version0.log', lines: 3 },
    upload: { askedAt: 100, answeredAt: 200, answered: 'applied' },
    ...{ fileId: 'id', indexedAt: 300, indexedAppliedAt: 400, deletion: null },
    ...over,
  };
}

const deleted = (answered: 'applied' | 'pending' | 'unknown') =>
  version({ deletion: { askedAt: 500, answeredAt: answered === 'unknown' ? null : 600, answered } });

function historyOf(...versions: readonly Version[]): History {
  const history = new History();
  for (const one of versions) history.add(one);
  return history;
}

const at = (beganAt: number, verified = true) => ({ api: 'api 1', beganAt, endedAt: beganAt + 10, verified });

function search(beganAt: number, lines: readonly number[], over: Partial<SearchRead> = {}): SearchRead {
  const seen = new Map(lines.length > 0 ? [[0, { lines, status: null }] as const] : []);
  return {
    ...at(beganAt),
    kind: 'search',
    subject: 7,
    range: null,
    errorsOnly: false,
    total: lines.length,
    seen,
    ...over,
  };
}

const stats = (beganAt: number, total: number): StatsRead => ({ ...at(beganAt), kind: 'stats', subject: 7, total });

function files(beganAt: number, status: string | null, verified = true): FilesRead {
  const seen = new Map(status === null ? [] : [['subject7-version0.log', { lines: [], status }] as const]);
  return { ...at(beganAt, verified), kind: 'files', seen };
}

const ALL = [1, 2, 3];

describe('a search', () => {
  test('that shows all acknowledged writes is correct', () => {
    expect(judgeRead(search(450, ALL), historyOf(version()))).toEqual([]);
  });

  test('that lacks a file acknowledged as indexed before is stale', () => {
    expect(judgeRead(search(400, []), historyOf(version()))).toEqual([expect.stringContaining('none of its lines')]);
  });

  test('that began before the acknowledgement may show the lines or not', () => {
    expect(judgeRead(search(399, []), historyOf(version()))).toEqual([]);
    expect(judgeRead(search(399, ALL), historyOf(version()))).toEqual([]);
  });

  test('that shows lines of a file whose deletion was acknowledged before is stale', () => {
    expect(judgeRead(search(600, ALL), historyOf(deleted('applied')))).toEqual([
      expect.stringContaining('older than the deletion'),
    ]);
    expect(judgeRead(search(599, ALL), historyOf(deleted('applied')))).toEqual([]);
  });

  test('may show a file whose deletion is pending or unanswered', () => {
    expect(judgeRead(search(5_000, ALL), historyOf(deleted('pending')))).toEqual([]);
    expect(judgeRead(search(5_000, ALL), historyOf(deleted('unknown')))).toEqual([]);
  });

  test('that has a line twice, or only part of the lines, is always wrong', () => {
    expect(judgeRead(search(150, [1, 2, 2]), historyOf(version()))).toEqual([expect.stringContaining('duplicated')]);
    expect(judgeRead(search(150, [1, 2]), historyOf(version()))).toEqual([expect.stringContaining('expected all 3')]);
  });

  test('that has lines never uploaded, or of a rejected upload, is wrong', () => {
    expect(judgeRead(search(50, ALL), historyOf(version()))).toHaveLength(1);
    const refused = version({
      upload: { askedAt: 100, answeredAt: 200, answered: 'refused' },
      indexedAt: null,
      indexedAppliedAt: null,
    });
    expect(judgeRead(search(450, ALL), historyOf(refused))).toHaveLength(1);
  });

  test('whose total differs from its lines is wrong', () => {
    expect(judgeRead(search(450, ALL, { total: 4 }), historyOf(version()))).toEqual([
      expect.stringContaining('total 4'),
    ]);
  });

  test('of a range or of errors must show the versions in it and no others', () => {
    const [even, odd] = [version(), version({ number: 1, name: 'subject7-version1.log' })];
    const onlyEven = historyOf(even, odd);
    expect(judgeRead(search(450, ALL, { errorsOnly: true }), onlyEven)).toEqual([]);
    expect(judgeRead(search(450, ALL, { range: [0, 0] }), onlyEven)).toEqual([]);
    expect(judgeRead(search(450, ALL, { range: [1, 2] }), onlyEven)).not.toEqual([]);
  });

  test('that is unverified may be stale by the promised time, and no longer', () => {
    const early = search(300 + BLIND_FRESH_MS - 1, [], { verified: false });
    const late = search(300 + BLIND_FRESH_MS, [], { verified: false });
    expect(judgeRead(early, historyOf(version()))).toEqual([]);
    expect(judgeRead(late, historyOf(version()))).toHaveLength(1);
    const gone = search(600 + BLIND_FRESH_MS, ALL, { verified: false });
    expect(judgeRead(gone, historyOf(deleted('pending')))).toHaveLength(1);
  });
});

describe('stats', () => {
  test('count at least the required and at most the allowed lines', () => {
    const history = historyOf(version(), version({ number: 1, indexedAt: null, indexedAppliedAt: null }));
    expect(judgeRead(stats(450, 2), history)).toHaveLength(1);
    expect(judgeRead(stats(450, 3), history)).toEqual([]);
    expect(judgeRead(stats(450, 6), history)).toEqual([]);
    expect(judgeRead(stats(450, 7), history)).toHaveLength(1);
  });
});

describe('a list of files', () => {
  test('that lacks a file uploaded and acknowledged before is stale', () => {
    expect(judgeRead(files(200, null), historyOf(version()))).toEqual([expect.stringContaining('not listed')]);
    expect(judgeRead(files(199, null), historyOf(version()))).toEqual([]);
  });

  test('that shows a file acknowledged as indexed as received is stale', () => {
    expect(judgeRead(files(400, 'received'), historyOf(version()))).toEqual([expect.stringContaining('as received')]);
    expect(judgeRead(files(399, 'received'), historyOf(version()))).toEqual([]);
  });

  test('that shows a file whose deletion was acknowledged before is stale', () => {
    expect(judgeRead(files(600, 'indexed'), historyOf(deleted('applied')))).toHaveLength(1);
  });

  test('need not show a pending upload, unless an unverified answer is too old for that', () => {
    const pending = version({
      upload: { askedAt: 100, answeredAt: 200, answered: 'pending' },
      indexedAt: null,
      indexedAppliedAt: null,
    });
    expect(judgeRead(files(9_000, null), historyOf(pending))).toEqual([]);
    expect(judgeRead(files(200 + BLIND_FRESH_MS, null, false), historyOf(pending))).toHaveLength(1);
  });

  test('that shows a file that was never uploaded is wrong', () => {
    expect(judgeRead(files(450, 'indexed'), historyOf())).toEqual([expect.stringContaining('never uploaded')]);
  });
});
