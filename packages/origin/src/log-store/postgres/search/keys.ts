import type { SearchQuery } from '@pilotlight/contracts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import type { SearchPosition } from '../../search-cursor.ts';
import { conditionsOf } from '../conditions.ts';
import { Parameters } from '../parameters.ts';

/** The key of a record, and its place in the order. */
export interface Key {
  readonly file_id: string;
  readonly line: number;
  readonly timestamp: Date | null;
}

/** A part of the matching records, and the place that their page begins after. */
export interface Matches {
  readonly query: SearchQuery;
  readonly after: SearchPosition | null;
  /** The dated records of a time window [low, high), in which a bound of null is open; the undated records; all records. */
  readonly part: { readonly low: Date | null; readonly high: Date | null } | 'undated' | 'all';
}

/** The order of the index of time, read forwards or backwards. Records without a timestamp come last in both. */
const ORDER = {
  newest: '"timestamp" DESC NULLS LAST, file_id DESC, line DESC',
  oldest: '"timestamp", file_id, line',
  /** That of the primary key: such a search is of one file. */
  line: 'line',
} as const;
const ORDER_OF_DATED = { ...ORDER, newest: '"timestamp" DESC, file_id DESC, line DESC' } as const;

/**
 * Collects the matches, then sorts them: right where they are few, wherever they are. Returns the number of matches, at most `max` + 1,
 * and the first keys of the page; of more than `max` matches the keys are meaningless.
 */
export async function collectKeys(
  statements: Statements,
  matches: Matches,
  { max, limit, offset = 0 }: { max: number; limit: number; offset?: number },
): Promise<{ count: number; keys: Key[] }> {
  const parameters = new Parameters();
  const where = conditionOf(matches, parameters);
  const after = isAfter(matches, parameters);
  const { rows } = await statements.query<{ count: number } & { [Column in keyof Key]: Key[Column] | null }>(
    `WITH matches AS MATERIALIZED (
       SELECT file_id, line, "timestamp" FROM log_lines WHERE ${where} LIMIT ${max + 1}),
     page AS (SELECT * FROM matches WHERE ${after} ORDER BY ${ORDER[matches.query.sort]} LIMIT ${limit} OFFSET ${offset})
     SELECT counted.count, page.* FROM (SELECT count(*) FROM matches) AS counted LEFT JOIN page ON true
     ORDER BY ${ORDER[matches.query.sort]}`,
    parameters.values,
  );
  const keys = rows.flatMap(({ file_id, line, timestamp }) =>
    file_id === null || line === null ? [] : [{ file_id, line, timestamp }],
  );
  return { count: rows[0]?.count ?? 0, keys };
}

/** Walks an index in order until the page is full: right where matches are frequent, wherever they begin. */
export async function walkKeys(
  statements: Statements,
  matches: Matches,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<Key[]> {
  const parameters = new Parameters();
  const where = conditionOf(matches, parameters);
  const { rows } = await statements.query<Key>(
    `SELECT file_id, line, "timestamp" FROM log_lines WHERE ${where} AND ${isAfter(matches, parameters)}
     ORDER BY ${ORDER_OF_DATED[matches.query.sort]} LIMIT ${limit} OFFSET ${offset}`,
    parameters.values,
  );
  return rows;
}

function conditionOf({ query, part }: Matches, parameters: Parameters): string {
  const parts = [conditionsOf(query, parameters)];
  if (part === 'undated') parts.push('"timestamp" IS NULL');
  else if (part !== 'all') {
    parts.push('"timestamp" IS NOT NULL');
    if (part.low !== null) parts.push(`"timestamp" >= ${parameters.add(part.low)}`);
    if (part.high !== null) parts.push(`"timestamp" < ${parameters.add(part.high)}`);
  }
  return parts.join(' AND ');
}

/** Condition on the records that come after a position. */
function isAfter({ query, after, part }: Matches, parameters: Parameters): string {
  // Every undated record comes after every dated one.
  if (after === null || (part === 'undated' && after.atMs !== null)) return 'true';
  if (query.sort === 'line') return after === null ? 'true' : `line > ${parameters.add(after.line)}::integer`;
  const comes = query.sort === 'newest' ? '<' : '>';
  const key = `${parameters.add(after.fileId)}::uuid, ${parameters.add(after.line)}::integer`;
  if (after.atMs === null) return `"timestamp" IS NULL AND (file_id, line) ${comes} (${key})`;
  const isLater = `("timestamp", file_id, line) ${comes} (${parameters.add(new Date(after.atMs))}::timestamptz, ${key})`;
  return part === 'all' ? `("timestamp" IS NULL OR ${isLater})` : isLater;
}
