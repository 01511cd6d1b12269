import { createReadStream } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inChunks, readAll, SHARED_DATA_MISSING, sharedData } from '../testing/read-all.ts';
import { MIN_PADDING_BYTES } from './line-extent.ts';

const LINE = '2026-03-01 10:00:00 INFO cart: opened\n';
const MEGABYTE = 1024 ** 2;
const nuls = (bytes: number) => '\0'.repeat(bytes);
const real = test.skipIf(SHARED_DATA_MISSING !== '');

const read = async (text: Buffer | string, size = 10_000) => {
  const { records, summary } = await readAll(() => inChunks(Buffer.from(text), size));
  return { messages: records.map(({ message }) => message), records, summary };
};

describe('NULs of padding', () => {
  test.each([1, 63, 4_096, MEGABYTE, MEGABYTE + 1])(
    '%i before the first line are dropped and counted',
    async (bytes) => {
      for (const size of [10_000, 65_536]) {
        const { records, summary } = await read(nuls(bytes) + LINE + LINE, size);
        expect(records.map(({ level, message }) => [level, message])).toEqual([
          ['INFO', 'opened'],
          ['INFO', 'opened'],
        ]);
        expect(summary).toMatchObject({
          droppedNulBytes: bytes,
          encoding: 'utf-8',
          format: 'application',
          unparsed: 0,
        });
      }
    },
  );

  test('between lines and at the end are dropped, also in JSON lines', async () => {
    const { records, summary } = await read(`{"level":"warn"}\n${nuls(5_000)}{"level":"error"}\n${nuls(70)}`);
    expect(records.map(({ level }) => level)).toEqual(['WARN', 'ERROR']);
    expect(summary).toMatchObject({ droppedNulBytes: 5_070, unparsed: 0, lines: 2 });
  });

  test('inside a line end it from a number on, and fewer belong to it', async () => {
    const { messages, summary } = await read(
      `a cut li${nuls(MIN_PADDING_BYTES)}the next\nx${nuls(MIN_PADDING_BYTES - 1)}y\n`,
    );
    expect(messages).toEqual(['a cut li', 'the next', `x${'\ufffd'.repeat(MIN_PADDING_BYTES - 1)}y`]);
    expect(summary.droppedNulBytes).toBe(MIN_PADDING_BYTES);
  });

  test('before UTF-16 are dropped, and its byte order is found', async () => {
    for (const swap of [false, true]) {
      const text = Buffer.from(LINE.repeat(2), 'utf16le');
      const { records, summary } = await read(Buffer.concat([Buffer.alloc(70_000), swap ? text.swap16() : text]));
      expect(records.map(({ level }) => level)).toEqual(['INFO', 'INFO']);
      expect(summary).toMatchObject({ droppedNulBytes: 70_000, encoding: swap ? 'utf-16be' : 'utf-16le' });
    }
  });

  test('alone are a file without records', async () => {
    expect((await read(nuls(200_000))).summary).toMatchObject({ lines: 0, droppedNulBytes: 200_000 });
  });
});

describe('the summary of the bytes of a file', () => {
  real.each([
    ['copytruncate-nul.log', 'utf-8', ['opened', 'refused']],
    ['utf16le-nobom.log', 'utf-16le', ['geöffnet', 'abgelehnt']],
    ['appended-utf16-after-utf8.log', 'utf-8+utf-16le', ['one', 'two']],
    ['latin1.log', 'windows-1252', ['geöffnet', 'abgelehnt']],
  ])(`%s is read as %s${SHARED_DATA_MISSING}`, async (file, encoding, messages) => {
    const { records, summary } = await readAll(() => createReadStream(sharedData(`samples/${file}`)));
    expect(records.map(({ message }) => message)).toEqual(messages);
    expect(summary).toMatchObject({ encoding, packing: null, skippedMembers: 0, skippedBecause: null });
  });

  test('is that of one read, although a JSON document is read twice', async () => {
    const document = JSON.stringify(Array.from({ length: 5_000 }, (_, index) => ({ message: `ö ${index}` })));
    const { summary } = await read(gzipSync(nuls(100) + document));
    expect(summary).toMatchObject({
      format: 'json',
      lines: 5_000,
      droppedNulBytes: 100,
      packing: 'gzip',
      encoding: 'utf-8',
    });
  });

  test('includes each encoding of its lines', async () => {
    const parts = [Buffer.from('für\n'), Buffer.from('f\xfcr\n', 'latin1'), Buffer.from('\ufefffür\n', 'utf16le')];
    const { messages, summary } = await read(Buffer.concat(parts));
    expect(messages).toEqual(['für', 'für', 'für']);
    expect(summary.encoding).toBe('utf-8+utf-16le+windows-1252');
  });

  test('a line beyond the longest record is read in its encoding', async () => {
    const { messages, summary } = await read(Buffer.from(`für ${'a'.repeat(200_000)} \xfc\nnext\n`, 'latin1'));
    expect(messages.map((message) => message.slice(0, 4))).toEqual(['für ', 'next']);
    expect(summary).toMatchObject({ truncated: 1, encoding: 'windows-1252' });
  });
});
