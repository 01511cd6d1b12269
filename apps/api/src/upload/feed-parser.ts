import type { Writable } from 'node:stream';
import type { Request } from 'express';

declare module 'multer' {
  interface Options {
    /** Feeds the request to the multipart parser. */
    streamHandler?: (request: Request, parser: Writable) => void;
  }
}

const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const REPLACEMENT = Buffer.from('\ufffd');
const NUL = 0;
const MAX_HEAD_BYTES = 8 * 1_024;

const heads = new WeakMap<Request, string>();

/** Returns up to 8 KiB of the first part's headers, unchanged, for error messages; empty before any byte arrived. */
export function firstPartHeaders(request: Request): string {
  return heads.get(request) ?? '';
}

/**
 * Pipes the request into the parser and replaces NUL in the headers of the first part: the parser would reject the whole form
 * because of it, although a file name may contain anything.
 */
export function feedParser(request: Request, parser: Writable): void {
  const write = parser.write.bind(parser);
  let last = Buffer.alloc(0);
  // This wraps the parser instead of adding a stream, because on an error multer unpipes the request from the parser.
  parser.write = (chunk: Buffer) => {
    const end = endOfHeaders(last, chunk);
    noteHead(request, chunk.subarray(0, end ?? chunk.length));
    last = Buffer.concat([last, chunk]).subarray(1 - END_OF_HEADERS.length);
    if (end === null) return write(withoutNul(chunk));
    parser.write = write;
    return write(Buffer.concat([withoutNul(chunk.subarray(0, end)), chunk.subarray(end)]));
  };
  request.pipe(parser);
}

function noteHead(request: Request, bytes: Buffer): void {
  const head = firstPartHeaders(request);
  if (head.length < MAX_HEAD_BYTES) heads.set(request, (head + bytes.toString('latin1')).slice(0, MAX_HEAD_BYTES));
}

/** Returns where in the chunk the first part's body begins, or null; `last` is the end of the previous chunk. */
function endOfHeaders(last: Buffer, chunk: Buffer): number | null {
  const at = Buffer.concat([last, chunk]).indexOf(END_OF_HEADERS);
  return at === -1 ? null : at + END_OF_HEADERS.length - last.length;
}

function withoutNul(bytes: Buffer): Buffer {
  if (!bytes.includes(NUL)) return bytes;
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf(NUL); at !== -1; at = bytes.indexOf(NUL, start)) {
    parts.push(bytes.subarray(start, at), REPLACEMENT);
    start = at + 1;
  }
  return Buffer.concat([...parts, bytes.subarray(start)]);
}
