import type { ReindexProgress } from '@pilotlight/origin';
import { expect, test } from 'vitest';
import { showProgress } from './progress.ts';
import { durationOf } from './text.ts';

const HALF: ReindexProgress = {
  pass: 1,
  done: { files: 5, records: 50_000 },
  total: { files: 10, records: 100_000 },
  copied: { files: 4, records: 40_000 },
  copyingMs: 2_000,
};

function shown({ isInteractive = false, json = false, times = [0] }) {
  const text = { out: '', err: '' };
  const terminal = {
    out: (more: string) => {
      text.out += more;
    },
    err: (more: string) => {
      text.err += more;
    },
    isInteractive,
    columns: null,
  };
  let now = -10_000;
  const progress = showProgress(terminal, json, () => now);
  for (const time of times) {
    now = time;
    progress.show(HALF);
  }
  progress.end();
  return text;
}

test('without a terminal, plain lines appear every 5 s', () => {
  const { out, err } = shown({ times: [0, 1_000, 4_999, 5_000] });
  expect(out).toBe('');
  const line = 'pass 1: 5 of 10 files, 50,000 of 100,000 records, 20,000 records/s, at most 3 s left\n';
  expect(err).toBe(line + line);
});

test('on a terminal, one line is replaced and removed at the end', () => {
  const { err } = shown({ isInteractive: true, times: [0, 100, 200] });
  expect(err.split('\r\u001b[2K')).toEqual(['', expect.stringMatching(/^pass 1:/), expect.stringMatching(/left$/), '']);
  expect(err).not.toContain('\n');
});

test('as JSON, each line of standard output is one object', () => {
  const { out, err } = shown({ json: true, isInteractive: true, times: [0, 500, 1_000] });
  expect(err).toBe('');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toEqual({ event: 'progress', ...HALF, recordsPerSecond: 20_000, remainingMs: 2_500 });
});

test('durations have the unit that fits them', () => {
  expect([0, 900, 119_000, 121_000, 7_199_000, 7_300_000].map(durationOf)).toEqual([
    '0 s',
    '1 s',
    '119 s',
    '3 min',
    '2 h',
    '3 h',
  ]);
});
