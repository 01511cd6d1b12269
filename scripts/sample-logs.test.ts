import { expect, test } from 'vitest';
import { sampleLogs } from './sample-logs.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

test('the same seed and instant give the same bytes, another seed different ones', () => {
  expect(sampleLogs(NOW)).toEqual(sampleLogs(NOW));
  expect(sampleLogs(NOW)).not.toEqual(sampleLogs(NOW, 1));
});

test('every line of the NDJSON sample is a record of the last 24 hours', () => {
  const text = sampleLogs(NOW).find(({ name }) => name.endsWith('.ndjson'))?.text ?? '';
  const instants = text
    .trimEnd()
    .split('\n')
    .map((line) => Date.parse(JSON.parse(line).timestamp));
  expect(instants.length).toBeGreaterThan(1_000);
  expect(Math.min(...instants)).toBeGreaterThanOrEqual(NOW - 24 * 3_600_000);
  expect(Math.max(...instants)).toBeLessThanOrEqual(NOW);
});
