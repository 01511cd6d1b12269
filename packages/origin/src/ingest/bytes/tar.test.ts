import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MAX_TAR_ENTRIES, MAX_TAR_HEADER_BYTES } from '../limits.ts';
import { inChunks, readAll } from '../testing/read-all.ts';
import { paxOf, type TarEntry, tarOf } from '../testing/tar-bytes.ts';

const ONE = {
  name: 'var/log/one.log',
  content: '2026-03-01 10:00:00 INFO cart: one\n2026-03-01 10:00:01 INFO cart: two',
};
const TWO = { name: 'two.log', content: Buffer.from('\ufeff2026-03-01 10:00:02 ERROR pay: drei ö\r\n', 'utf16le') };
const PNG = { name: 'a.png', content: Buffer.from('89504e470d0a1a0a0000', 'hex') };

const membersOf = async (bytes: Buffer) =>
  (await readAll(bytes)).records.map(({ message, fields }) => [fields['member'], message]);
const LINES = [
  [ONE.name, 'one'],
  [ONE.name, 'two'],
  [TWO.name, 'drei ö'],
];

describe('a tar archive', () => {
  test.each([
    ['plain', 'tar', (tar: Buffer) => tar],
    ['in gzip', 'tar+gzip', gzipSync],
    ['in zstd', 'tar+zstd', zstdCompressSync],
  ] as const)('is read file by file, %s', async (_how, packing, pack) => {
    const bytes = pack(tarOf({ name: 'var/', type: '5' }, ONE, { name: 'empty.log' }, TWO));
    expect(await membersOf(bytes)).toEqual(LINES);
    expect((await readAll(bytes)).summary).toMatchObject({
      packing,
      encoding: 'utf-8+utf-16le',
      lines: 3,
      skippedMembers: 0,
    });
  });

  test('is read the same for any cut of its bytes', async () => {
    const bytes = tarOf(ONE, TWO, PNG);
    const whole = await readAll(bytes);
    for (const size of [1, 7, 511, 512, 513]) expect(await readAll(() => inChunks(bytes, size))).toEqual(whole);
  });

  test('has tables and logs, each read on its own, with increasing lines', async () => {
    const csv = {
      name: 'a.csv',
      content: `timestamp,level,message\n${'2026-03-01T10:00:00Z,ERROR,"row\nof two lines"\n'.repeat(9)}`,
    };
    const other = { name: 'b.csv', content: 'level,message,timestamp\nINFO,other,2026-03-01T10:00:00Z\n' };
    for (const members of [
      [csv, ONE, other],
      [ONE, csv, other],
    ]) {
      const { records, summary } = await readAll(tarOf(...members));
      expect(summary).toMatchObject({ records: 12, unparsed: 0, errors: 9 });
      const other = records.at(-1);
      expect(other).toMatchObject({ level: 'INFO', message: 'other', fields: { member: 'b.csv' } });
      const one = records.filter(({ fields }) => fields['member'] === ONE.name);
      expect(one.map(({ message }) => message)).toEqual(['one', 'two']);
      const lines = records.map(({ line }) => line);
      expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
    }
  });

  test('has JSON documents, and is of the format that most records have', async () => {
    const document = { name: 'a.json', content: JSON.stringify([{ level: 'error', msg: 'a' }, { msg: 'b' }], null, 2) };
    const table = { name: 'b.csv', content: 'level,message,timestamp\nINFO,c,2026-03-01T10:00:00Z\n' };
    const lines = { name: 'c.log', content: '2026-03-01 10:00:00 INFO a: d\n'.repeat(4) };
    const { records, summary } = await readAll(tarOf(document, table, lines));
    expect(summary).toMatchObject({ format: 'application', records: 7, errors: 1 });
    expect(summary.formats).toEqual([
      { name: 'application', records: 4 },
      { name: 'json', records: 2 },
      { name: 'csv', records: 1 },
    ]);
    expect(records.map(({ message }) => message)).toEqual(['a', 'b', 'c', 'd', 'd', 'd', 'd']);
  });

  test('has two members of the same name, whose records do not join', async () => {
    const { records } = await readAll(tarOf(ONE, { ...ONE, content: '  begins with blanks' }));
    expect(records.map(({ message }) => message)).toEqual(['one', 'two', '  begins with blanks']);
  });

  test('has a name of 60,000 characters, of which the last 1,023 are kept', async () => {
    const long = `${'n'.repeat(60_000)}.log`;
    const name = `\u2026${long.slice(-1_023)}`;
    expect(await membersOf(tarOf(paxOf({ path: long }), ONE))).toEqual([
      [name, 'one'],
      [name, 'two'],
    ]);
    const longest = 'n'.repeat(1_024);
    expect((await membersOf(tarOf(paxOf({ path: longest }), ONE)))[0]).toEqual([longest, 'one']);
  });

  test('has long names in headers of pax and of GNU tar', async () => {
    const name = `${'directory/'.repeat(30)}ü.log`;
    const long: TarEntry = { name: '././@LongLink', type: 'L', content: `${name}\0` };
    for (const header of [paxOf({ path: name, mtime: '1.5' }), long]) {
      expect(await membersOf(tarOf(header, ONE, TWO))).toEqual([[name, 'one'], [name, 'two'], LINES[2]]);
    }
  });

  test('takes a size from the header of pax', async () => {
    const bytes = tarOf(paxOf({ size: `${ONE.content.length}` }), { ...ONE, bytes: 0 }, TWO);
    expect(await membersOf(bytes)).toEqual(LINES);
  });

  test('skips, counts and names files that are not text logs', async () => {
    const inner = { name: 'old.gz', content: gzipSync('x') };
    const { records, summary } = await readAll(tarOf(PNG, ONE, inner, { name: 'link', type: '2' }));
    expect(records).toHaveLength(2);
    expect(summary).toMatchObject({
      skippedMembers: 2,
      skippedBecause: 'a.png is a PNG image, old.gz is data compressed with gzip',
    });
  });

  test('without any text log is refused', async () => {
    await expect(readAll(tarOf(PNG))).rejects.toMatchObject({
      code: 'NOT_A_LOG',
      message: /no file is a text log \(a.png is a PNG image\)/,
    });
  });

  test('may follow another, and blocks of NULs at the end are ignored', async () => {
    const bytes = Buffer.concat([tarOf(ONE), Buffer.alloc(10_240), tarOf(TWO), Buffer.alloc(512)]);
    expect(await membersOf(bytes)).toEqual(LINES);
  });

  test.each([
    ['in a header', 700, /ends inside of an entry; upload the whole file/],
    ['in a file', 530, /ends inside of an entry/],
  ])('that ends %s is damaged', async (_where, length, message) => {
    const bytes = tarOf({ ...ONE, content: 'x'.repeat(100) }, TWO).subarray(0, length === 700 ? 1_324 : length);
    await expect(readAll(bytes)).rejects.toMatchObject({ code: 'DAMAGED_TAR', message });
  });

  test('with other data after a file is damaged', async () => {
    const bytes = Buffer.concat([tarOf(ONE), Buffer.alloc(512, 'x')]);
    await expect(readAll(bytes)).rejects.toThrow(/a header with a wrong checksum/);
  });

  test.each([
    ['a size beyond the data', tarOf({ ...ONE, bytes: 8 ** 11 - 1 }), /ends inside of an entry/],
    ['a size that is not a number', tarOf(paxOf({ size: '-1' }), ONE), /a size that is not a number/],
    ['a huge extended header', tarOf({ name: 'x', type: 'x', bytes: MAX_TAR_HEADER_BYTES + 1 }), /the limit is 65536/],
    ['extended headers only', tarOf(...Array.from({ length: 9 }, () => paxOf({ a: 'b' }))), /more than 8 extended/],
    ['a torn extended header', tarOf({ name: 'x', type: 'x', content: '99 path=a\n' }, ONE), /cannot be read/],
    ['a sparse file', tarOf(paxOf({ 'GNU.sparse.major': '1' }), ONE), /without --sparse/],
  ])('with %s is refused', async (_what, bytes, message) => {
    await expect(readAll(bytes)).rejects.toMatchObject({ code: 'DAMAGED_TAR', message });
  });

  test('of too many entries is refused, and one of exactly the maximum is read', async () => {
    const entries = Array.from({ length: MAX_TAR_ENTRIES }, (_, index) => ({ name: `${index}.log`, content: 'x' }));
    expect((await readAll(tarOf(...entries))).summary.lines).toBe(MAX_TAR_ENTRIES);
    const code = 'TOO_MANY_ENTRIES';
    await expect(readAll(tarOf(...entries, { name: 'more' }))).rejects.toMatchObject({
      code,
      message: /at most 1000 entries/,
    });
  });
});
