import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inChunks, readAll } from './testing/read-all.ts';

const START = '2026-03-01 10:00:00,123 ERROR shop.pay: charge failed';
const NEXT = '2026-03-01 10:00:01,123 INFO shop.pay: parked';

const docker = (log: string, stream: string) => JSON.stringify({ log, stream, time: '2026-03-01T10:00:00Z' });

describe('a file of several formats', () => {
  test('lists the records of each, and is of the one that has most', async () => {
    const { summary } = await readAll(`words\n${NEXT}\n{"msg":"a"}\n{"msg":"b"}\n${START}\n{"msg":"c"}\n`);
    expect(summary.format).toBe('ndjson');
    expect(summary.formats).toEqual([
      { name: 'ndjson', records: 3 },
      { name: 'application', records: 2 },
      { name: 'text', records: 1 },
    ]);
  });

  test('a banner of any length does not hide the format after it', async () => {
    const banner = Array.from({ length: 300 }, (_, index) => `loading module ${index} ... ok`).join('\n');
    const { summary } = await readAll(`${banner}\n${`${START}\n`.repeat(200)}`);
    expect(summary).toMatchObject({ errors: 200, unparsed: 300 });
  });

  test('each line is read by the most specific format, whatever format came before', async () => {
    const nginx = '2026/03/01 10:00:00 [error] 1#2: *3 failed';
    const general = '2026/03/01 10:00:00 words';
    const { summary } = await readAll(`${`${general}\n`.repeat(150)}${`${nginx}\n${general}\n`.repeat(600)}`);
    expect(summary.formats).toMatchObject([{ name: 'application' }, { name: 'nginx-error' }]);
  });
});

/** Lines of two outputs, some wrapped, some not, with traces and parts. */
const anyLine = fc.oneof(
  fc.constantFrom(
    START,
    NEXT,
    '',
    '\tat a.B.c(B.java:1)',
    'words',
    '{',
    '}',
    '  "a": 1',
    'Traceback (most recent call last):',
  ),
  fc
    .tuple(fc.constantFrom(START, '\tat a.B.c(B.java:1)', 'words', '{"msg":', '"m"}', ''), fc.boolean(), fc.boolean())
    .map(([log, isWhole, isError]) => docker(`${log}${isWhole ? '\n' : ''}`, isError ? 'stderr' : 'stdout')),
);

describe('for any lines', () => {
  test('no line is lost, lines increase strictly, and chunks do not matter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { maxLength: 30 }), fc.integer({ min: 1, max: 90 }), async (lines, chunk) => {
        const numbered = lines.map((line, index) =>
          line.replace(/words|charge failed/, (text) => `${text} <${index}>`),
        );
        const bytes = Buffer.from(['first', ...numbered, ''].join('\n'));
        const found = await readAll(() => inChunks(bytes, chunk));
        expect(found).toEqual(await readAll(() => inChunks(bytes, 1_000_000)));
        const { records, summary } = found;
        expect(summary).toMatchObject({ lines: lines.length + 1, records: records.length });
        for (const [index, { line, lineEnd }] of records.entries()) {
          expect(line).toBeGreaterThan(records[index - 1]?.line ?? 0);
          expect(lineEnd).toBeGreaterThanOrEqual(line);
        }
        const text = records.map(({ message }) => message).join('\n');
        for (const line of numbered) {
          const mark = /(?:words|charge failed) <\d+>/.exec(line)?.[0];
          if (mark !== undefined) expect(text.split(mark)).toHaveLength(2);
        }
      }),
      { numRuns: 300 },
    );
  });
});
