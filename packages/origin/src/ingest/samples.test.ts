import { createReadStream, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { LogRecord } from '../log-record.ts';
import { readAll, SHARED_DATA_MISSING, sharedData } from './testing/read-all.ts';

const real = test.skipIf(SHARED_DATA_MISSING !== '');

/** The known values of one line; a missing name claims nothing. */
type Known = Readonly<Partial<Record<keyof typeof COLUMNS, string | number | null>>>;

const COLUMNS = {
  ts: 'timestamp',
  level: 'level',
  service: 'service',
  msg: 'message',
  status: 'status',
  method: 'method',
  path: 'path',
  source: 'source',
  rt: 'responseTimeMs',
} as const satisfies Record<string, keyof LogRecord>;

/** Minimum share of the known values that are read. */
const MIN_RIGHT = 0.95;

/** Returns the values of a sample's lines that are read, that are not, and that are read as something else. */
async function compare(file: string, lines: readonly (Known | null)[]) {
  const { records, summary } = await readAll(() => createReadStream(sharedData(`samples/${file}`)), {
    uploadedAt: new Date('2026-03-02T00:00:00Z'),
  });
  const found = { right: 0, unknown: 0, wrong: [] as string[] };
  for (const [index, known] of lines.entries()) {
    const line = index + 1;
    const record = records.find((each) => each.line <= line && line <= each.lineEnd);
    for (const [name, value] of Object.entries(known ?? {})) {
      if (value === null) continue;
      const read = record?.[COLUMNS[name as keyof typeof COLUMNS]] ?? null;
      const comparable = typeof read === 'string' ? read.trim() : read;
      if (comparable === value) found.right++;
      else if (comparable === null || comparable === 'UNKNOWN') found.unknown++;
      else found.wrong.push(`${file}:${line} (${summary.format}) ${name}: ${comparable} instead of ${value}`);
    }
  }
  return found;
}

real(`95 % of the known values of samples are read, none wrongly${SHARED_DATA_MISSING}`, async () => {
  const expected = JSON.parse(readFileSync(sharedData('samples/expected.json'), 'utf8')) as Record<string, Known[]>;
  const all = await Promise.all(Object.entries(expected).map(([file, lines]) => compare(file, lines)));
  const right = all.reduce((sum, each) => sum + each.right, 0);
  const unknown = all.reduce((sum, each) => sum + each.unknown, 0);
  expect(all.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(right / (right + unknown)).toBeGreaterThanOrEqual(MIN_RIGHT);
});

real(`stack traces of samples belong to their event${SHARED_DATA_MISSING}`, async () => {
  const read = async (file: string) => await readAll(() => createReadStream(sharedData(`samples/${file}`)));
  for (const [file, lines, records, errors] of [
    ['spring-stacktrace.log', 25, 3, 2],
    ['python-traceback.log', 14, 3, 1],
    ['laravel-trace.log', 75, 5, 5],
    ['banner-then-log.log', 750, 750, 600],
  ] as const) {
    const { summary } = await read(file);
    expect({ file, lines: summary.lines, records: summary.records, errors: summary.errors }).toEqual({
      file,
      lines,
      records,
      errors,
    });
  }
});
