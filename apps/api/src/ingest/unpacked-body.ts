import type { IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MalformedBody } from '../errors.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** The first two bytes of every gzip body (RFC 1952). */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * Yields the bytes of a request, unpacked if it is gzipped, with or without a `Content-Encoding`, and without a byte order mark. Throws
 * `MalformedBody` if the body is damaged or incomplete. The caller may stop at any time and answer: the connection stays open.
 */
export async function* unpackedBody(request: IncomingMessage): AsyncGenerator<Buffer> {
  const body = bytesOf(request);
  const { head, rest } = await peek(body, GZIP_MAGIC.length);
  const isGzipped = head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
  const declared = request.headers['content-encoding']?.toLowerCase() === 'gzip';
  if (declared && !isGzipped && head.length > 0)
    throw new MalformedBody('expected a gzip body, as Content-Encoding says, got other bytes');
  const unpacked = isGzipped ? gunzip(rest) : rest;
  const text = await peek(unpacked, BYTE_ORDER_MARK.length);
  const skipped = text.head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  yield* withoutStart(text.rest, skipped);
}

async function* bytesOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw new MalformedBody('expected a complete body, got a part of it', { cause: error });
  }
}

async function* gunzip(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const unpacker = createGunzip();
  // An error on either side destroys both streams, so the loop below throws it.
  pipeline(Readable.from(source), unpacker, () => undefined);
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (error instanceof MalformedBody) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new MalformedBody(`expected an undamaged gzip body, got: ${why}`, { cause: error });
  }
}

/** Reads at least `bytes` bytes, if there are as many; `rest` yields all of them again. */
async function peek(
  source: AsyncGenerator<Buffer>,
  bytes: number,
): Promise<{ head: Buffer; rest: AsyncGenerator<Buffer> }> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const { done, value } = await source.next();
    if (done === true) break;
    chunks.push(value);
    length += value.length;
  }
  const head = Buffer.concat(chunks);
  return { head, rest: startingWith(head, source) };
}

async function* startingWith(head: Buffer, source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* source;
}

async function* withoutStart(source: AsyncGenerator<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of source) {
    const kept = chunk.subarray(left);
    left -= chunk.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}
