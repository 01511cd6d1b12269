import type { SearchAnswer, SearchHit, SearchQuery } from '@pilotlight/contracts';
import type { Statements } from '../../postgres/until-aborted.ts';
import { type Conditions, toConditions } from './conditions.ts';
import { levelOfCode } from './level-codes.ts';

interface Count {
  total: number;
  /** Number of records with a timestamp. */
  dated: number;
}

interface Row {
  file_id: string;
  line: number;
  timestamp: Date | null;
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

const COLUMNS = `file_id, line, "timestamp", level, service, message, source, method, path, status, response_time_ms, fields`;

/** Postgres sorts this number of keys in a few milliseconds. */
const FEW = 20_000;

/** The order of the index, read forwards or backwards. */
const ORDER = {
  newest: '"timestamp" DESC, file_id DESC, line DESC',
  oldest: '"timestamp", file_id, line',
} as const;

/** Answers a search within one snapshot. */
export async function search(statements: Statements, query: SearchQuery): Promise<Omit<SearchAnswer, 'took_ms'>> {
  const conditions = toConditions(query);
  const count = isNarrowed(query)
    ? await countMatches(statements, conditions)
    : await countVisible(statements, query.file_id);
  const rows = await readPage(statements, query, conditions, count);
  return { total: count.total, page: query.page, page_size: query.page_size, results: rows.map(toHit) };
}

function isNarrowed(query: SearchQuery): boolean {
  return [query.level, query.service, query.from, query.to].some((each) => each !== undefined) || query.q.trim() !== '';
}

async function countMatches(statements: Statements, { where, values }: Conditions): Promise<Count> {
  const { rows } = await statements.query<Count>(
    `SELECT count(*) AS total, count("timestamp") AS dated FROM log_lines WHERE ${where}`,
    values,
  );
  return rows[0] ?? { total: 0, dated: 0 };
}

/**
 * Counts the visible records of a file or of all files. An indexed file has all of its lines and its row has their
 * number, so no rows of `log_lines` are counted.
 */
async function countVisible(statements: Statements, fileId: string | undefined): Promise<Count> {
  const { rows } = await statements.query<Count>(
    `SELECT coalesce(sum(line_count), 0)::bigint AS total, coalesce(sum(dated_count), 0)::bigint AS dated
     FROM files WHERE status = 'indexed' ${fileId === undefined ? '' : 'AND id = $1'}`,
    fileId === undefined ? [] : [fileId],
  );
  return rows[0] ?? { total: 0, dated: 0 };
}

/**
 * Reads one page. Dated records come first in both orders, so a page lies within the dated records, within the others,
 * or across the boundary.
 */
async function readPage(
  statements: Statements,
  query: SearchQuery,
  conditions: Conditions,
  count: Count,
): Promise<Row[]> {
  const start = (query.page - 1) * query.page_size;
  const end = Math.min(start + query.page_size, count.total);
  const rows: Row[] = [];
  for (const { isDated, first, past } of [
    { isDated: true, first: start, past: Math.min(end, count.dated) },
    { isDated: false, first: Math.max(start - count.dated, 0), past: end - count.dated },
  ]) {
    if (past <= first) continue;
    const order = `ORDER BY ${ORDER[query.sort]} LIMIT ${past - first} OFFSET ${first}`;
    const matches = `FROM log_lines WHERE ${conditions.where} AND "timestamp" IS ${isDated ? 'NOT NULL' : 'NULL'}`;
    const part = await statements.query<Row>(
      count.total > FEW ? `SELECT ${COLUMNS} ${matches} ${order}` : fewMatches(matches, order),
      conditions.values,
    );
    rows.push(...part.rows);
  }
  return rows;
}

/**
 * Collects the matches before it sorts them. On its own the planner may walk the index in order, expecting matches
 * soon; if the matches are few and at the far end, that reads the whole index.
 */
function fewMatches(matches: string, order: string): string {
  return `WITH matches AS MATERIALIZED (SELECT file_id, line, "timestamp" ${matches}),
    page AS (SELECT file_id, line FROM matches ${order})
    SELECT ${COLUMNS} FROM log_lines JOIN page USING (file_id, line) ${order.replace(/ LIMIT .*/, '')}`;
}

function toHit(row: Row): SearchHit {
  const { file_id, line, timestamp, level, service, message, fields, ...columns } = row;
  const known = Object.entries(columns).filter(([, value]) => value !== null);
  return {
    id: `${file_id}:${line}`,
    timestamp: timestamp?.toISOString() ?? null,
    level: levelOfCode(level),
    service,
    message,
    file_id,
    line,
    // If the file itself has a column of such a name, the file's value is shown.
    fields: { ...Object.fromEntries(known), ...fields },
  };
}
