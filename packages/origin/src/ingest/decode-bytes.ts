import { type ByteSource, peek } from './peek.ts';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_LE_MARK = Buffer.from([0xff, 0xfe]);
const UTF16_BE_MARK = Buffer.from([0xfe, 0xff]);

/**
 * Yields a file's bytes as UTF-8 without a byte order mark. A UTF-16 byte order mark selects UTF-16; any other file is
 * read as UTF-8, and invalid bytes become U+FFFD when they are decoded to text.
 */
export async function* decodeBytes(source: ByteSource): AsyncGenerator<Buffer> {
  const { head, all } = await peek(source, UTF8_MARK.length);
  const encoding = utf16Encoding(head);
  if (encoding !== null) yield* decodeUtf16(all, encoding);
  else yield* startsWith(head, UTF8_MARK) ? skip(all, UTF8_MARK.length) : all;
}

function utf16Encoding(head: Buffer): string | null {
  if (startsWith(head, UTF16_LE_MARK)) return 'utf-16le';
  return startsWith(head, UTF16_BE_MARK) ? 'utf-16be' : null;
}

function startsWith(head: Buffer, mark: Buffer): boolean {
  return head.subarray(0, mark.length).equals(mark);
}

async function* decodeUtf16(source: ByteSource, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* skip(source: ByteSource, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of source) {
    yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
