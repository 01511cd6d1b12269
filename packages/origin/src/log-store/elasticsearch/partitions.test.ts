import { expect, test } from 'vitest';
import { partitionOf } from './partitions.ts';

const NOW = Date.UTC(2026, 10, 28);

test.for([
  ['2026-11-01T00:00:00.000Z', '2026-11'],
  ['2024-11-30T23:59:59.999Z', '2024-11'],
  ['2024-10-31T23:59:59.999Z', 'rest'],
  ['2026-12-01T00:00:00.000Z', 'rest'],
  ['0001-01-01T00:00:00.000Z', 'rest'],
  [null, 'rest'],
] as const)('given the timestamp %s, the partition is %s', ([timestamp, partition]) => {
  expect(partitionOf(timestamp, NOW)).toBe(partition);
});
