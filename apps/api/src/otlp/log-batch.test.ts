import { UploadTooLarge } from '@pilotlight/origin';
import { expect, test } from 'vitest';
import { MAX_LINE_BYTES } from '../ingest/line-meter.ts';
import { parseLogBatch } from './log-batch.ts';

const MIB = 1024 ** 2;

/** A batch with one resource of `resourceBytes`, one scope, and `records`. */
function batchOf(resourceBytes: number, records: readonly unknown[]): Buffer {
  const resource = { attributes: [{ key: 'k', value: { stringValue: 'é'.repeat(resourceBytes / 2) } }] };
  return Buffer.from(JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: records }] }] }));
}
const empty = (count: number) => Array.from({ length: count }, () => ({}));

test('the bytes of all lines are bounded, whatever the bytes of the batch', () => {
  const bytes = Buffer.byteLength(`${parseLogBatch(batchOf(1_000, [{}]), 'json', MIB).lines[0]}\n`);
  expect(parseLogBatch(batchOf(1_000, empty(20)), 'json', 20 * bytes).lines).toHaveLength(20);
  expect(() => parseLogBatch(batchOf(1_000, empty(20)), 'json', 20 * bytes - 1)).toThrow(UploadTooLarge);
  expect(() => parseLogBatch(batchOf(100_000, empty(100_000)), 'json', 32 * MIB)).toThrow(UploadTooLarge);
});

test('a line beyond the maximum is rejected and counts for nothing', () => {
  const around = Buffer.byteLength(parseLogBatch(batchOf(0, [{}]), 'json', MIB).lines[0] ?? '');
  const most = { a: 'x'.repeat(MAX_LINE_BYTES - around - '"a":""'.length) };
  const parsed = parseLogBatch(batchOf(0, [most, { ...most, b: 1 }, 'text', null, []]), 'json', 2 * MIB);
  expect([parsed.lines.length, parsed.rejected]).toEqual([1, 4]);
  const { lines, rejected } = parseLogBatch(batchOf(MAX_LINE_BYTES, empty(100_000)), 'json', 2 * MIB);
  expect([lines.length, rejected]).toEqual([0, 100_000]);
});

test('whole numbers beyond a double keep their value, negative ones too', () => {
  const json = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"a":-9007199254740993,"b":9007199254740993}]}]}]}';
  expect(parseLogBatch(Buffer.from(json), 'json', MIB).lines[0]).toContain(
    '{"a":"-9007199254740993","b":"9007199254740993"}',
  );
});
