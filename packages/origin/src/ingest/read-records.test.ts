import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from './bytes/not-a-log.ts';
import { readRecords } from './index.ts';
import { MAX_RECORD_BYTES } from './limits.ts';
import { inChunks, readAll } from './testing/read-all.ts';

const UPLOADED_AT = new Date('2026-01-01T00:00:00Z');
const ACCESS_LINE = '1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl"\n';

/** Lines of every kind, valid and broken, with any line ends. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ACCESS_LINE.trim(),
    '2015-10-18 18:01:47,978 INFO [main] a.b.C: text',
    '\tat a.b.C(D.java:1)',
    '{"level":"warn","msg":"m"}',
    '{"level":',
    'a,b,c',
    '1,"2,3',
    '"x"y,1,2',
    'k=v level=info msg="a b"',
    '<13>Oct 11 22:14:15 host app[1]: text',
    '[Sun Dec 04 04:47:44 2005] [error] text',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, '')),
);
const file = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 12 })
  .map((lines) => Buffer.from(lines.flat().join('')));
const bytes = fc.oneof(
  file,
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

function* cut(whole: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (let turn = 0; at < whole.length; turn++) {
    const end = at + (sizes[turn % sizes.length] ?? 1);
    yield whole.subarray(at, end);
    at = end;
  }
}

describe('reading records', () => {
  test('cutting a file into different chunks never changes its records', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }), async (whole, sizes) => {
        const chunks = sizes.some((size) => size > 0) ? sizes : [1];
        fc.pre(judge(whole).kind === 'text');
        const once = await readAll(() => inChunks(whole, 1_000_000));
        const often = await readAll(async function* () {
          yield* cut(whole, chunks);
        });
        expect(often).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  test('every line belongs to one record, except in tables and JSON documents', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (whole) => {
        // NULs may be padding, or make UTF-16.
        fc.pre(!whole.includes(0) && judge(whole).kind === 'text');
        const { records, summary } = await readAll(whole);
        const expectedLines = records.map((_, index) => (records[index - 1]?.lineEnd ?? 0) + 1);
        expect(records.map((record) => record.line)).toEqual(expectedLines);
        expect(summary).toMatchObject({ records: records.length, lines: records.at(-1)?.lineEnd ?? 0 });
        if (['json', 'csv', 'tsv'].includes(summary.format)) return;
        const isUtf16 = /(?:^|\n)(?:\xff\xfe|\xfe\xff)/.test(whole.toString('latin1'));
        if (isUtf16) return;
        const lines = whole
          .toString('utf8')
          .replace(/^\ufeff/, '')
          .split(/\r\n|\r|\n/);
        if (lines.at(-1) === '') lines.pop();
        expect(summary.lines).toBe(lines.length);
      }),
      { numRuns: 500 },
    );
  });

  test('every record can be stored: no NUL, no lone surrogate, nothing nested too deep', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          bytes,
          fc.array(fc.json(), { maxLength: 4 }).map((all) => Buffer.from(all.join('\n'))),
        ),
        async (whole) => {
          fc.pre(judge(whole).kind === 'text');
          for (const record of (await readAll(whole)).records) {
            const stored = JSON.stringify(record);
            expect(JSON.parse(stored)).toEqual(record);
            expect(/\\u0000|\\ud[89a-f]/.test(stored.replaceAll('\\\\', ''))).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('all batches but the last have the requested size', async () => {
    const sizes: number[] = [];
    const reader = readRecords(() => inChunks(Buffer.from('x\n'.repeat(2_500)), 700), {
      uploadedAt: UPLOADED_AT,
      batchRecords: 1_000,
    });
    for await (const batch of reader) sizes.push(batch.length);
    expect(sizes).toEqual([1_000, 1_000, 500]);
  });

  test('long records make small batches', async () => {
    const lines = Buffer.from(`${'x'.repeat(60_000)}\n`.repeat(500));
    let largest = 0;
    const reader = readRecords(() => inChunks(lines, 65_536), { uploadedAt: UPLOADED_AT });
    for await (const batch of reader) largest = Math.max(largest, batch.length);
    expect(reader.summary.lines).toBe(500);
    expect(largest * 60_000).toBeLessThan(5 * 1024 ** 2);
  });

  test('an aborted read stops with the reason and closes the source', async () => {
    const aborting = new AbortController();
    const reason = new Error('superseded');
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.from(ACCESS_LINE.repeat(1_000));
      } finally {
        closed = true;
      }
    }
    const reading = (async () => {
      for await (const _ of readRecords(endless, { uploadedAt: UPLOADED_AT, signal: aborting.signal }))
        aborting.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    expect(closed).toBe(true);
  });

  test('other work runs while a file is parsed, even inside one endless line', async () => {
    async function* longLine() {
      const piece = Buffer.alloc(1_000_000, 0x61);
      for (let pieces = 0; pieces < 400; pieces++) yield piece;
    }
    let turns = 0;
    let reading = true;
    const others = (async () => {
      while (reading) {
        await new Promise((resolve) => setImmediate(resolve));
        turns++;
      }
    })();
    await readAll(longLine);
    reading = false;
    await others;
    expect(turns).toBeGreaterThan(2);
  });

  test('a line longer than the longest record is cut, counted, and reports the dropped bytes', async () => {
    const { records, summary } = await readAll(`a\n${'x'.repeat(MAX_RECORD_BYTES + 10)}\nb\n`);
    expect(records.map(({ message }) => message.length)).toEqual([1, MAX_RECORD_BYTES, 1]);
    expect(records[1]?.fields).toEqual({ truncated_bytes: 10 });
    expect(summary).toMatchObject({ lines: 3, truncated: 1 });
  });

  test('a byte order mark is not part of the first line, and selects UTF-16', async () => {
    const text = 'first line of words\nzweite Zeile ü 😀\n';
    const big = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    for (const marked of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le'), big]) {
      const { records } = await readAll(() => inChunks(marked, 3));
      expect(records.map(({ message }) => message)).toEqual(['first line of words', 'zweite Zeile ü 😀']);
    }
  });

  test('an empty file has no records', async () => {
    for (const nothing of [Buffer.alloc(0), Buffer.from([0xef, 0xbb, 0xbf])]) {
      expect((await readAll(nothing)).summary).toMatchObject({ format: 'text', lines: 0 });
    }
  });
});
