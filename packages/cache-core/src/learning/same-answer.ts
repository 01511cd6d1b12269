import { isDeepStrictEqual } from 'node:util';

/** The part of an entry that tells it from another. */
export interface Answered {
  readonly etag: string;
  readonly body: Buffer;
}

/** Whether two answers are the same, some members of them (of the outermost object) left aside. */
export function isSameAnswer(before: Answered, now: Answered, ignoring: readonly string[]): boolean {
  if (before.etag === now.etag) return true;
  if (ignoring.length === 0 || before.body.length === 0 || now.body.length === 0) return false;
  return isDeepStrictEqual(without(before.body, ignoring), without(now.body, ignoring));
}

function without(body: Buffer, ignoring: readonly string[]): unknown {
  const value: unknown = JSON.parse(body.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !ignoring.includes(name)));
}
