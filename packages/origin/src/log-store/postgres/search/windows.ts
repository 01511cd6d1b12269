import type { SearchQuery } from '@pilotlight/contracts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import type { SearchPosition } from '../../search-cursor.ts';
import { Parameters } from '../parameters.ts';
import { collectKeys, type Key, type Matches, walkKeys } from './keys.ts';

export interface WindowLimits {
  /** Number of records, matching or not, in the first window and in the smallest one. */
  readonly minRecords: number;
  /** At most this many matches of a window are collected and sorted. */
  readonly maxMatches: number;
}

const GROWTH = 4;

const LIMITS: WindowLimits = { minRecords: 5_000, maxMatches: 100_000 };

/** The part of the time that is not yet searched. A bound of null is open. */
interface Remaining {
  low: Date | null;
  high: Date | null;
}

/**
 * Returns the first `needed` keys of the dated matches, window by window from the end of time at which the page begins. A window without
 * enough matches is followed by one with four times the records. One with too many matches is searched again with a
 * quarter of the records, and so are all that follow.
 * So the cost depends neither on the number of all matches nor on where they are.
 */
export async function windowedKeys(
  statements: Statements,
  query: SearchQuery,
  after: SearchPosition | null,
  needed: number,
  { minRecords, maxMatches }: WindowLimits = LIMITS,
): Promise<Key[]> {
  const isNewest = query.sort === 'newest';
  const remaining = await firstRemaining(statements, query, after);
  const keys: Key[] = [];
  let growth = GROWTH;
  for (let size = minRecords; keys.length < needed; ) {
    const edge = await edgeOf(statements, remaining, isNewest, size);
    const part = isNewest
      ? { low: edge ?? remaining.low, high: remaining.high }
      : { low: remaining.low, high: edge ?? remaining.high };
    const limit = needed - keys.length;
    const found = await keysOfWindow(
      statements,
      { query, after, part },
      { limit, isSmall: size <= minRecords, maxMatches },
    );
    if (found === null) {
      size = Math.max(minRecords, Math.floor(size / GROWTH));
      // Wider windows would hold too many matches again.
      growth = 1;
      continue;
    }
    keys.push(...found);
    if (edge === null) break;
    if (isNewest) remaining.high = edge;
    else remaining.low = edge;
    size *= growth;
  }
  return keys;
}

/**
 * Returns the first keys of a window, or null if it has more than `maxMatches`. A small window is walked in order: the first of many
 * matches come soon, and a walk of all its records is short.
 */
async function keysOfWindow(
  statements: Statements,
  matches: Matches,
  { limit, isSmall, maxMatches }: { limit: number; isSmall: boolean; maxMatches: number },
): Promise<Key[] | null> {
  if (isSmall) return await walkKeys(statements, matches, { limit });
  const collect = () => collectKeys(statements, matches, { max: maxMatches, limit });
  // The planner prefers to read every record of a window, although the index of words shows in a tenth of the time that
  // a window has no match. Without index scans it intersects both indexes.
  const hasText = matches.query.q.trim() !== '';
  const { count, keys } = await (hasText ? withoutIndexScans(statements, collect) : collect());
  return count > maxMatches ? null : keys;
}

/** Runs one statement for which the planner may not use index scans that read records. */
async function withoutIndexScans<T>(statements: Statements, work: () => Promise<T>): Promise<T> {
  await statements.query('SET LOCAL enable_indexscan = off');
  const result = await work();
  await statements.query('SET LOCAL enable_indexscan = on');
  return result;
}

/** Returns the time in which matches may be. */
async function firstRemaining(
  statements: Statements,
  query: SearchQuery,
  after: SearchPosition | null,
): Promise<Remaining> {
  const remaining: Remaining = { low: dateOf(query.from), high: dateOf(query.to) };
  const past = after?.atMs ?? null;
  if (past !== null && query.sort === 'newest') remaining.high = earlier(remaining.high, new Date(past + 1));
  if (past !== null && query.sort === 'oldest') remaining.low = later(remaining.low, new Date(past));
  if (query.file_id === undefined) return remaining;
  const { rows } = await statements.query<{ first: Date | null; last: Date | null }>(
    'SELECT first_timestamp AS first, last_timestamp AS last FROM file_roll_ups WHERE file_id = $1 AND bucket_ms IS NOT NULL',
    [query.file_id],
  );
  const { first = null, last = null } = rows[0] ?? {};
  if (first !== null) remaining.low = later(remaining.low, first);
  if (last !== null) remaining.high = earlier(remaining.high, new Date(last.getTime() + 1));
  return remaining;
}

const dateOf = (instant: string | undefined): Date | null => (instant === undefined ? null : new Date(instant));
const earlier = (a: Date | null, b: Date): Date => (a === null || b < a ? b : a);
const later = (a: Date | null, b: Date): Date => (a === null || b > a ? b : a);

/**
 * Returns the far edge of a window of about `size` records; null if fewer remain. Records of hidden files count too, because only the
 * index is read.
 */
async function edgeOf(
  statements: Statements,
  { low, high }: Remaining,
  isNewest: boolean,
  size: number,
): Promise<Date | null> {
  const parameters = new Parameters();
  const parts = ['"timestamp" IS NOT NULL'];
  if (low !== null) parts.push(`"timestamp" >= ${parameters.add(low)}`);
  if (high !== null) parts.push(`"timestamp" < ${parameters.add(high)}`);
  const { rows } = await statements.query<{ timestamp: Date }>(
    `SELECT "timestamp" FROM log_lines WHERE ${parts.join(' AND ')}
     ORDER BY "timestamp" ${isNewest ? 'DESC' : ''} LIMIT 1 OFFSET ${size}`,
    parameters.values,
  );
  const edge = rows[0]?.timestamp ?? null;
  // The window of the oldest ends before its edge, so it has to begin before it too.
  if (edge !== null && !isNewest) return new Date(edge.getTime() + 1);
  return edge;
}
