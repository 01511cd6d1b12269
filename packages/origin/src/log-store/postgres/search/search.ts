import {
  type Highlight,
  MAX_EXACT_TOTAL,
  type SearchAnswer,
  type SearchHit,
  type SearchQuery,
} from '@pilotlight/contracts';
import { RECORD_COUNT } from '../../../postgres/file-row.ts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import { highlighterOf } from '../../highlight.ts';
import { linesNear, type NearLines, withContext } from '../../search-context.ts';
import { decodeSearchCursor, encodeSearchCursor, type SearchPosition } from '../../search-cursor.ts';
import type { EarlierFiles } from '../conditions.ts';
import { LEVEL_CODES, levelOfCode } from '../level-codes.ts';
import { filesOfEarlierWords } from '../words-version.ts';
import { countAtLeast } from './count-at-least.ts';
import { collectKeys, type Key, walkKeys } from './keys.ts';
import { windowedKeys } from './windows.ts';

interface Row extends Key {
  line_end: number;
  level: number;
  service: string | null;
  message: string;
  source: string | null;
  method: string | null;
  path: string | null;
  status: number | null;
  response_time_ms: number | null;
  fields: Record<string, unknown> | null;
}

const COLUMNS = `file_id, line, coalesce(line_end, line) AS line_end, "timestamp", level, service, message, source, method, path, status, response_time_ms, fields`;

/** The page that is asked for: one key more than it has records says whether another page follows. */
interface Page {
  readonly after: SearchPosition | null;
  readonly offset: number;
  readonly limit: number;
}

/**
 * Answers a search within one snapshot.
 *
 * @throws BadCursor
 */
export async function search(statements: Statements, asked: SearchQuery): Promise<Omit<SearchAnswer, 'took_ms'>> {
  const query = await withEarlierFiles(statements, asked);
  const after = query.after === undefined ? null : decodeSearchCursor(query.after);
  const page = { after, offset: (query.page - 1) * query.page_size, limit: query.page_size + 1 };
  const { count, keys } = await findKeys(statements, query, page);
  const shown = keys.slice(0, query.page_size);
  const last = keys.length > query.page_size ? shown.at(-1) : undefined;
  return {
    total: Math.min(count, MAX_EXACT_TOTAL),
    total_relation: count > MAX_EXACT_TOTAL ? 'gte' : 'eq',
    page: query.page,
    page_size: query.page_size,
    next: last === undefined ? null : encodeSearchCursor(positionOf(last)),
    results: await hitsOf(statements, query, shown),
  };
}

async function hitsOf(statements: Statements, { q, context }: SearchQuery, keys: readonly Key[]): Promise<SearchHit[]> {
  const highlight = highlighterOf(q);
  const hits = (await readRows(statements, keys)).map((row) => toHit(row, highlight));
  if (context === 0) return hits;
  const near = await readNear(statements, linesNear(hits, context));
  return withContext(
    hits,
    near.map((row) => toHit(row)),
    context,
  );
}

/** Adds the files whose words an earlier release split, if the query has words. */
async function withEarlierFiles(statements: Statements, query: SearchQuery): Promise<SearchQuery & EarlierFiles> {
  const earlierFiles = query.q.trim() === '' ? [] : await filesOfEarlierWords(statements);
  return { ...query, earlierFiles };
}

async function findKeys(
  statements: Statements,
  query: SearchQuery,
  page: Page,
): Promise<{ count: number; keys: readonly Key[] }> {
  if (!isNarrowed(query)) {
    const count = await countVisible(statements);
    return { count, keys: await orderedKeys(statements, query, page) };
  }
  const least = await countAtLeast(statements, query);
  if (least > MAX_EXACT_TOTAL) return { count: least, keys: await orderedKeys(statements, query, page) };
  const matches = { query, after: page.after, part: 'all' } as const;
  const found = await collectKeys(statements, matches, { max: MAX_EXACT_TOTAL, ...page });
  if (found.count <= MAX_EXACT_TOTAL) return found;
  return { count: found.count, keys: await orderedKeys(statements, query, page) };
}

function isNarrowed({ level, service, from, to, file_id, q }: SearchQuery): boolean {
  return [level, service, from, to, file_id].some((each) => each !== undefined) || q.trim() !== '';
}

/** An indexed file has all of its records and its row has their number, so no rows of `log_lines` are counted. */
async function countVisible(statements: Statements): Promise<number> {
  const { rows } = await statements.query<{ total: number }>(
    `SELECT coalesce(sum(${RECORD_COUNT}), 0)::bigint AS total FROM files WHERE status = 'indexed'`,
  );
  return rows[0]?.total ?? 0;
}

/**
 * Returns the keys of a page of many matches. Dated records come first in both orders, so a page lies within the dated records, within
 * the others, or across the boundary.
 */
async function orderedKeys(statements: Statements, query: SearchQuery, page: Page): Promise<readonly Key[]> {
  const { after, offset, limit } = page;
  if (query.sort === 'line') return await walkKeys(statements, { query, after, part: 'all' }, page);
  const isPastDated = after !== null && after.atMs === null;
  const { keys, passed } = isPastDated ? { keys: [], passed: 0 } : await datedKeys(statements, query, page);
  if (keys.length === limit || query.from !== undefined || query.to !== undefined) return keys;
  const rest = { limit: limit - keys.length, offset: Math.max(0, offset - passed) };
  const matches = { query, after, part: 'undated' } as const;
  const few = await collectKeys(statements, matches, { max: MAX_EXACT_TOTAL, ...rest });
  const undated = few.count <= MAX_EXACT_TOTAL ? few.keys : await walkKeys(statements, matches, rest);
  return [...keys, ...undated];
}

/** Returns the dated keys of a page, and the number of dated matches up to its end. */
async function datedKeys(
  statements: Statements,
  query: SearchQuery,
  { after, offset, limit }: Page,
): Promise<{ keys: readonly Key[]; passed: number }> {
  if (!hasIndex(query)) {
    const all = await windowedKeys(statements, query, after, offset + limit);
    return { keys: all.slice(offset), passed: all.length };
  }
  const matches = { query, after, part: { low: null, high: null } } as const;
  const keys = await walkKeys(statements, matches, { limit, offset });
  if (keys.length > 0 || offset === 0) return { keys, passed: offset + keys.length };
  // The page begins behind the dated records, whose number is not known.
  return { keys, passed: (await walkKeys(statements, matches, { limit: offset })).length };
}

/** Whether an index has exactly the matches in order: of time, of a service, or of one of the levels from WARN on. */
function hasIndex({ q, service, level, file_id }: SearchQuery): boolean {
  if (q.trim() !== '' || file_id !== undefined) return false;
  if (level === undefined) return true;
  const [first, ...others] = level;
  return service === undefined && first !== undefined && others.length === 0 && LEVEL_CODES[first] >= LEVEL_CODES.WARN;
}

/** Returns the records in the order of their keys. */
async function readRows(statements: Statements, keys: readonly Key[]): Promise<Row[]> {
  if (keys.length === 0) return [];
  const { rows } = await statements.query<Row>(
    `SELECT ${COLUMNS} FROM unnest($1::uuid[], $2::integer[]) WITH ORDINALITY AS page (file_id, line, place)
     JOIN log_lines USING (file_id, line) ORDER BY place`,
    [keys.map((key) => key.file_id), keys.map((key) => key.line)],
  );
  return rows;
}

async function readNear(statements: Statements, ranges: readonly NearLines[]): Promise<Row[]> {
  const { rows } = await statements.query<Row>(
    // OFFSET 0: one scan of each index per range, instead of a join that reads whole files.
    `SELECT near.* FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS ranges (id, low, high), LATERAL (
       SELECT ${COLUMNS} FROM log_lines WHERE file_id = id AND line BETWEEN low AND high
       UNION ALL
       SELECT ${COLUMNS} FROM log_lines WHERE file_id = id AND line_end BETWEEN low AND high AND line < low
       OFFSET 0) AS near`,
    [ranges.map(({ fileId }) => fileId), ranges.map(({ from }) => from), ranges.map(({ to }) => to)],
  );
  return rows;
}

function positionOf({ timestamp, file_id: fileId, line }: Key): SearchPosition {
  return { atMs: timestamp?.getTime() ?? null, fileId, line };
}

function toHit(row: Row, highlight: (message: string) => Highlight[] = () => []): SearchHit {
  const { file_id, line, line_end, timestamp, level, service, message, fields, ...columns } = row;
  const known = Object.entries(columns).filter(([, value]) => value !== null);
  return {
    id: `${file_id}:${line}`,
    timestamp: timestamp?.toISOString() ?? null,
    level: levelOfCode(level),
    service,
    message,
    file_id,
    line,
    line_end,
    // If the file itself has a column of such a name, the file's value is shown.
    fields: { ...Object.fromEntries(known), ...fields },
    highlight: highlight(message),
  };
}
