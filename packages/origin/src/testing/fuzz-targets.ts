import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type FuzzTarget, target, textOf } from '@pilotlight/contracts/testing';
import fc from 'fast-check';
import { BadCursor } from '../errors.ts';
import { UnreadableFile } from '../ingest/index.ts';
import { readAll } from '../ingest/testing/read-all.ts';
import { tarOf } from '../ingest/testing/tar-bytes.ts';
import type { LogRecord } from '../log-record.ts';
import { decodeSearchCursor } from '../log-store/search-cursor.ts';
import { decodeCursor } from '../postgres/files-cursor.ts';

/** Beginnings that make the format of a file, so that its parser reads the rest. */
const HEADS = [
  '',
  '{"level":"warn","msg":"m"}\n',
  '[{"a":1},\n',
  'a,b,c\n1,2,3\n',
  'a\tb\n1\t2\n',
  '1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl"\n',
  '[Sun Dec 04 04:47:44 2005] [error] [client 1.2.3.4] text\n',
  '2015/05/17 10:05:03 [error] 1#2: *3 text, client: 1.2.3.4\n',
  'Oct 11 22:14:15 host app[1]: text\n',
  '<13>1 2015-05-17T10:05:03Z h a p m [x a="b"] text\n',
  '2015-10-18 18:01:47,978 INFO [main] a.b.C: text\n',
  'k=v level=info msg="a b"\n',
];
const LINES = [
  ...HEADS.map((head) => head.trimEnd()),
  '\n',
  '\r\n',
  '\r',
  '"',
  "'",
  '\\',
  ',',
  '\t',
  ' ',
  '[',
  ']',
  '{',
];
const MORE = [
  '}',
  '(',
  ':',
  '=',
  '<',
  '>',
  '-',
  '/',
  '.',
  '0',
  '9',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\\u0000',
  '1e999',
  '%',
];

/** Ways to write a text, which are damaged in one byte. */
const PACKERS = [
  gzipSync,
  zstdCompressSync,
  (plain: Buffer) => tarOf({ name: 'a.log', content: plain }, { name: 'b.log', content: plain }),
  (plain: Buffer) => gzipSync(tarOf({ name: 'a.log', content: plain })),
  (plain: Buffer) => Buffer.from(`\ufeff${plain.toString()}`, 'utf16le'),
  (plain: Buffer) => Buffer.concat([Buffer.alloc(100), plain]),
] as const;

const text = fc
  .tuple(fc.constantFrom(...HEADS), textOf([...LINES, ...MORE]))
  .map(([head, rest]) => Buffer.from(head + rest));
const bytes = fc.oneof(
  { arbitrary: text, weight: 8 },
  { arbitrary: fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array)), weight: 1 },
  {
    arbitrary: fc
      .tuple(text, fc.constantFrom(...PACKERS), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([plain, pack, at, byte]) => {
        const packed = pack(plain);
        packed[at % packed.length] = byte;
        return packed;
      }),
    weight: 3,
  },
);

const cursor = textOf(['.', '1', '-', 'MTcuMDE4', '01890a5d-ac96-774b-bcce-b302099a8057', '=', '_', '%']).chain(
  (plain) => fc.constantFrom(plain, Buffer.from(plain).toString('base64url')),
);
const onlyBadCursor = (decode: (cursor: string) => unknown) => (input: string) => {
  try {
    decode(input);
  } catch (error) {
    if (!(error instanceof BadCursor)) throw error;
  }
};

/** Throws unless the records are those that are counted, in order, and within the lines of the file. */
function checkCounts(
  records: readonly LogRecord[],
  counted: { readonly lines: number; readonly records: number },
): void {
  if (counted.records !== records.length) throw new Error(`${counted.records} counted, ${records.length} records`);
  let last = 0;
  for (const { line, lineEnd } of records) {
    if (line <= last || lineEnd < line) throw new Error(`line ${line} to ${lineEnd} after line ${last}`);
    if (lineEnd > counted.lines) throw new Error(`line ${lineEnd} of ${counted.lines}`);
    last = line;
  }
}

/** The parsers of files, and of cursors. */
export const ORIGIN_TARGETS: readonly FuzzTarget[] = [
  target({
    name: 'a file',
    inputs: bytes,
    run: async (file) => {
      const { records, summary } = await readAll(file).catch((error: unknown) => {
        if (!(error instanceof UnreadableFile)) throw error;
        return { records: [], summary: { lines: 0, records: 0 } };
      });
      checkCounts(records, summary);
    },
  }),
  target({ name: 'the cursor of a list', inputs: cursor, run: onlyBadCursor(decodeCursor) }),
  target({ name: 'the cursor of a search', inputs: cursor, run: onlyBadCursor(decodeSearchCursor) }),
];
