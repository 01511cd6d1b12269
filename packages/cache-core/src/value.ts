import { hash } from 'node:crypto';
import { InvalidArgument } from './errors.ts';
import { freeze } from './heap-bytes.ts';
import type { CacheKey } from './key.ts';
import { findUnstorable, mayHoldForeign } from './unstorable.ts';

/** A value as readers share it: frozen in depth. */
export type Frozen<Value> = Value extends { toJSON(): infer Json }
  ? Frozen<Json>
  : Value extends object
    ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
    : Value;

const ETAG_BYTES = 16;

const NOTHING = Buffer.alloc(0);
const NULL = Buffer.from('null');

/**
 * The bytes of a value: UTF-8 JSON in the form that `JSON.stringify` gives it; none for `undefined`. So a Date becomes its
 * ISO text, whatever has `toJSON` what that gives, an instance of a class its own members, NaN and Infinity null, -0 zero;
 * members that are undefined, functions or symbols are left out.
 *
 * @throws {InvalidArgument} naming the path of what JSON can't hold (a cycle, a BigInt) or would silently turn into
 * something else (a Map, a Promise, a stream, ...)
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
    if (!(error instanceof RangeError)) throw error; // what a getter or toJSON of the value threw
    throw new InvalidArgument(`the value of ${key}`, 'less depth and less text than JSON.stringify can take', value);
  }
}

function assertStorable(key: CacheKey, value: unknown): void {
  const found = findUnstorable(value);
  if (found) throw new InvalidArgument(`the value of ${key}${found.path}`, found.expected, found.came, found.todo);
}

/** Whether these are the bytes of `null` or `undefined`. */
export function isNothing(body: Buffer): boolean {
  return body.length === 0 || body.equals(NULL);
}

/** The value of these bytes, frozen in depth, and about how many bytes of heap it takes. */
export function frozenValue(body: Buffer): { readonly value: unknown; readonly heapBytes: number } {
  if (body.length === 0) return { value: undefined, heapBytes: 0 };
  const text = body.toString();
  const value: unknown = JSON.parse(text);
  const isLatin1 = text.length === body.length || !/[^\0-\xff]/.test(text);
  return { value, heapBytes: freeze(value, isLatin1) };
}

/** An entity tag: 128 bits of SHA-256, 22 characters of base64url. */
export function etagOf(body: Buffer): string {
  // Cut before it is text: a slice of a text keeps all of it in memory.
  return hash('sha256', body, 'buffer').toString('base64url', 0, ETAG_BYTES);
}
