import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const MEGABYTE = 1024 * 1024;
/**
 * Memory that reading may add to a process, for a file of any size: one batch, and garbage that is not collected yet.
 */
const MAX_ADDED_BYTES = 128 * MEGABYTE;
const FILE_BYTES = 200 * MEGABYTE;

const SOURCES = {
  'a file of lines': `repeat(Buffer.from('1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl"\\n'.repeat(5000)))`,
  'a single line': `repeat(Buffer.alloc(${MEGABYTE}, 97))`,
  'a single JSON string': `repeat(Buffer.alloc(${MEGABYTE}, 97), Buffer.from('{"a":"'), Buffer.from('"}'))`,
  'nothing but opening brackets': `repeat(Buffer.alloc(${MEGABYTE}, '['))`,
};

/** Runs in a separate process, because the garbage of other tests would be counted here. */
const script = (source: string) => `
  import { readRecords } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  async function* repeat(piece, first = Buffer.alloc(0), last = Buffer.alloc(0)) {
    yield first;
    for (let bytes = 0; bytes < ${FILE_BYTES}; bytes += piece.length) yield piece;
    yield last;
  }
  const before = process.memoryUsage.rss();
  const reader = readRecords(() => ${source}, { uploadedAt: new Date() });
  for await (const batch of reader);
  const addedBytes = process.resourceUsage().maxRSS * 1024 - before;
  console.log(JSON.stringify({ addedBytes, lines: reader.summary.lines }));
`;

describe('memory', () => {
  test.each(Object.entries(SOURCES))(
    'does not grow with the file: 200 MB of %s',
    async (_name, source) => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script(source)]);
      const { addedBytes, lines } = JSON.parse(stdout) as { addedBytes: number; lines: number };
      expect(lines).toBeGreaterThan(0);
      expect(addedBytes).toBeLessThan(MAX_ADDED_BYTES);
    },
    120_000,
  );
});
