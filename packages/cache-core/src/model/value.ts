import { hash } from 'node:crypto';
import { deepFreeze } from './deep-freeze.ts';
import { InvalidArgument } from './errors.ts';
import { freeze } from './heap-bytes.ts';
import type { CacheKey } from './key.ts';
import type { StoredBody } from './stored-body.ts';
import { findUnstorable, mayHoldForeign } from './unstorable.ts';

/** A value as readers share it: deeply frozen. */
export type Frozen<Value> = Value extends { toJSON(): infer Json }
  ? Frozen<Json>
  : Value extends object
    ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
    : Value;

const ETAG_BYTES = 16;

const NOTHING = Buffer.alloc(0);
const NULL = Buffer.from('null');

/**
 * Returns the bytes of a value: UTF-8 JSON as `JSON.stringify` writes it, or no bytes for `undefined`. A Date becomes its ISO
 * text, an object with `toJSON` the result of that, an instance of a class its own members, NaN and Infinity null, -0 zero.
 * Members that are undefined, functions or symbols are omitted.
 *
 * @throws {InvalidArgument} naming the path of a value that JSON cannot hold (a cycle, a BigInt) or would silently change (a
 * Map, a Promise, a stream, …)
 */
export function toBody(key: CacheKey, value: unknown): Buffer {
  if (value === undefined) return NOTHING;
  const json = toJson(key, value);
  if (json === undefined)
    throw new InvalidArgument(`the value of ${key}`, 'a JSON value', value, 'return null for "nothing"');
  return Buffer.from(json);
}

function toJson(key: CacheKey, value: unknown): string | undefined {
  try {
    const json: string | undefined = JSON.stringify(value);
    if (mayHoldForeign(value)) assertStorable(key, value);
    return json;
  } catch (error) {
    if (error instanceof InvalidArgument) throw error;
    assertStorable(key, value);
    if (!(error instanceof RangeError)) throw error; // a getter or toJSON of the value threw it
    throw new InvalidArgument(`the value of ${key}`, 'a depth and a size that JSON.stringify supports', value);
  }
}

function assertStorable(key: CacheKey, value: unknown): void {
  const found = findUnstorable(value);
  if (found) throw new InvalidArgument(`the value of ${key}${found.path}`, found.expected, found.came, found.todo);
}

/** Returns whether these are the bytes of `null` or `undefined`. */
export function isNullBody(body: Buffer): boolean {
  return body.length === 0 || body.equals(NULL);
}

/**
 * Parses a body. Returns the deeply frozen value and its approximate size on the heap.
 *
 * @param isMeasured false for a value that no tier holds: its size is 0, and the value takes half the time
 */
export function frozenValue(
  body: StoredBody,
  isMeasured = true,
): { readonly value: unknown; readonly heapBytes: number } {
  if (body.length === 0) return { value: undefined, heapBytes: 0 };
  const text = typeof body === 'string' ? body : body.toString();
  const value: unknown = JSON.parse(text);
  if (!isMeasured) {
    deepFreeze(value);
    return { value, heapBytes: 0 };
  }
  const isLatin1 = text.length === body.length || !/[^\0-\xff]/.test(text);
  return { value, heapBytes: freeze(value, isLatin1) };
}

/** Returns an entity tag: 128 bits of SHA-256 as 22 characters of base64url. */
export function etagOf(body: Buffer): string {
  // The hash is cut as bytes: a slice of its text would keep the whole text in memory.
  return hash('sha256', body, 'buffer').toString('base64url', 0, ETAG_BYTES);
}
