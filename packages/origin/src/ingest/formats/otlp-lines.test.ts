import { expect, test } from 'vitest';
import { MAX_RECORD_BYTES } from '../limits.ts';
import { readAll } from '../testing/read-all.ts';

/** An export of log records, whose line is longer than the longest record if there are 400 of them. */
function exportOf(name: string, count: number): string {
  const logRecords = Array.from({ length: count }, (_, index) => ({
    timeUnixNano: '1772359200123000000',
    severityNumber: 17,
    body: { stringValue: `${name} ${index} ${'x'.repeat(150)}` },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: name } }] };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
}

const LONG = exportOf('long', 400);
const SHORT = exportOf('short', 2);

test.each([
  ['a long line first', [LONG, SHORT, LONG], 802],
  ['a long line last, without a line end', [SHORT, LONG], 402],
  ['short lines only', [SHORT, SHORT], 4],
])('each log record of OTLP lines is read, with %s', async (_what, lines, count) => {
  expect(LONG.length).toBeGreaterThan(MAX_RECORD_BYTES);
  const { records, summary } = await readAll(lines.join('\n'));
  expect(summary).toMatchObject({
    format: 'otlp-json',
    formats: [{ name: 'otlp-json', records: count }],
    lines: lines.length,
    records: count,
    errors: count,
    truncated: 0,
    unparsed: 0,
  });
  expect(records.map(({ service }) => service)).toEqual(
    lines.flatMap((line) => (line === LONG ? Array(400).fill('long') : ['short', 'short'])),
  );
  expect(records.map(({ line }) => line)).toEqual(records.map((_record, index) => index + 1));
  expect(records.every(({ timestamp }) => timestamp === '2026-03-01T10:00:00.123Z')).toBe(true);
});

test('a long line that breaks keeps its log records and its beginning', async () => {
  const { records, summary } = await readAll(`${SHORT}\n${LONG.slice(0, -3)}\n${SHORT}\n`);
  expect(summary).toMatchObject({ lines: 3, records: 405, unparsed: 1, truncated: 1 });
  expect(records[402]?.message).toBe(LONG.slice(0, MAX_RECORD_BYTES));
});

test('a long line of other JSON is cut', async () => {
  const other = JSON.stringify({ msg: 'x'.repeat(MAX_RECORD_BYTES) });
  const { records, summary } = await readAll(`${SHORT}\n${other}\n${SHORT}\n`);
  expect(summary).toMatchObject({ lines: 3, records: 5, truncated: 1 });
  expect(records.at(-1)).toMatchObject({ service: 'short', line: 5 });
});
