import { isAscii } from 'node:buffer';
import { ownMemory } from './variant.ts';

/**
 * A body as an entry of a memory tier keeps it. A small one is text, with one character per byte: the object of a Buffer takes 200
 * bytes, a text 16. A large one is a Buffer, because its bytes are outside of the heap of V8, which is bounded.
 */
export type StoredBody = Buffer | string;

/** The bytes of a Buffer's object, without its content. */
export const BUFFER_BYTES = 200;
const TEXT_BYTES = 16;
/** A body of this size is a twentieth smaller as text. */
const MAX_TEXT_BYTES = 4_096;

/** Returns a copy that retains none of the chunk that the bytes were received in. */
export function storedBody(bytes: Buffer): StoredBody {
  return bytes.length <= MAX_TEXT_BYTES && isAscii(bytes) ? bytes.toString('latin1') : ownMemory(bytes);
}

/** Returns the bytes of a body. */
export function bufferOf(body: StoredBody): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
}

/** Returns the bytes of memory that a body takes. */
export function storedBytesOf(body: StoredBody | null): number {
  if (body === null) return 0;
  return typeof body === 'string' ? (TEXT_BYTES + body.length + 7) & ~7 : BUFFER_BYTES + body.length;
}

/**
 * Returns whether `JSON.stringify` writes this body of its value. That is so for a body that this package has written, unless the value held what `JSON.parse` changes, such as a `JSON.rawJSON`. Another program may write numbers and
 * spaces differently, so no body is dropped without this check.
 */
export function isReproduced(body: StoredBody, value: unknown): boolean {
  const json = stringified(value);
  if (json === undefined) return false;
  return typeof body === 'string' ? json === body : Buffer.from(json).equals(body);
}

function stringified(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // Node before 25 writes only some thousand levels
    throw error;
  }
}

/** Returns the bytes of a value whose body was reproduced before. */
export function reproduced(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
