import { expect, test } from 'vitest';
import { INTERVAL_MS, StreamRecord, type StreamSummary } from './load/stream-record.ts';
import { overloadRows, recoverySeconds } from './overload-report.ts';

/** Returns a stream of answers, each as `[status, latency in ms]`, one per interval. */
function stream(...answers: [status: number, latencyMs: number][]): StreamSummary {
  const record = new StreamRecord();
  for (const [index, [status, latencyMs]] of answers.entries()) {
    record.sent(0);
    record.answered(status, index * INTERVAL_MS, latencyMs);
  }
  return record.summary();
}

const quick = stream([200, 10], [200, 10]);

test('requests of a flood that are neither accepted nor shed miss a goal', () => {
  const flooded = stream([200, 50], [503, 1], [503, 1], [0, 1]);
  const rows = overloadRows([{ unloaded: quick, flooded, after: quick, alone: quick, mixed: quick }]);
  expect(rows.map(({ id, ratio, holds }) => [id.split(': ')[1], ratio, holds])).toEqual([
    ['share shed with 503', 0.5, true],
    ['p99 of the accepted misses', 0.2, true],
    ['answered at all', 0.75, false],
    ['recovery', 20, true],
    ['p99', 1, true],
    ['answered with 200', 1, true],
  ]);
});

test('shed answers do not count among the latencies of the accepted', () => {
  expect(stream([200, 10], [503, 900])).toMatchObject({ acceptedMs: { p99: 10 }, shedMs: { p99: 900 } });
});

test('the recovery ends with the last interval that is slow or shed', () => {
  expect(recoverySeconds(stream([503, 1], [200, 31], [200, 30], [200, 9]), quick)).toBe(0.75);
  expect(recoverySeconds(stream([200, 9], [200, 9]), quick)).toBe(0.25);
});

test('a stream that is slow to its end has not recovered within its span', () => {
  expect(recoverySeconds(stream([200, 9], [200, 9], [200, 99]), quick)).toBe(1);
});
