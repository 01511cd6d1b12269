import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Request } from 'express';
import { expect, test } from 'vitest';
import { feedParser } from './feed-parser.ts';

const HEADERS = '--b\r\nContent-Disposition: form-data; name="file"; filename="a\u0000b\u0000"\r\n\r\n';
const BODY = 'NUL \u0000 in the file\r\n\r\n\u0000\r\n--b--\r\n';

/** Returns the parser's input if the request arrives in pieces of `size` bytes. */
async function fed(bytes: Buffer, pieceBytes: number): Promise<string> {
  const request = new PassThrough();
  const parser = new PassThrough();
  feedParser(request as unknown as Request, parser);
  const given = text(parser);
  for (let at = 0; at < bytes.length; at += pieceBytes) request.write(bytes.subarray(at, at + pieceBytes));
  request.end();
  return given;
}

test.for([1, 2, 3, 5, 7, 64, 1_000])(
  'NUL is replaced in the part headers and nowhere else, when %i bytes come at a time',
  async (pieceBytes) => {
    const expected = HEADERS.replaceAll('\u0000', '\ufffd') + BODY;
    expect(await fed(Buffer.from(HEADERS + BODY), pieceBytes)).toBe(expected);
  },
);

test('a form whose headers do not end is passed on', async () => {
  expect(await fed(Buffer.from('--b\r\nno end'), 4)).toBe('--b\r\nno end');
});
