import type { Client } from 'pg';

/**
 * The statements of commit 3ddc5e1, before roll-ups, windows and further indexes: stats read every record once per
 * grouping, and a search counts every match. They run in a schema that has the table with the indexes of that commit.
 */

const IS_VISIBLE = `file_id NOT IN (SELECT id FROM files WHERE status <> 'indexed')`;
const PAGE_SIZE = 20;
/** Fewer matches are collected and sorted; more are read in the order of the index of time. */
const FEW = 20_000;
const MAX_BUCKETS = 60;
const COLUMNS = `file_id, line, "timestamp", level, service, message, source, method, path, status, response_time_ms, fields`;
const NEWEST = '"timestamp" DESC, file_id DESC, line DESC';
const LEVEL_CODES = { ERROR: 6, FATAL: 7 } as const;

export interface PlainQuery {
  readonly from?: string;
  readonly to?: string;
  /** Phrases that must all occur. */
  readonly words?: readonly (readonly string[])[];
  readonly service?: string;
  readonly level?: keyof typeof LEVEL_CODES;
}

interface Conditions {
  readonly where: string;
  readonly values: readonly unknown[];
}

export async function everyRecordStats(client: Client, query: PlainQuery): Promise<void> {
  await inSnapshot(client, async () => {
    const conditions = conditionsOf(query);
    const summary = await readSummary(client, conditions);
    if (summary.first !== null && summary.last !== null) {
      await readTimeline(client, conditions, { first: summary.first, last: summary.last });
    }
    if (summary.is_sourced === true) await readSources(client, conditions);
    if (summary.is_timed === true) await readResponseTimes(client, conditions);
  });
}

interface Summary {
  first: Date | null;
  last: Date | null;
  is_sourced: boolean | null;
  is_timed: boolean | null;
}

async function readSummary(client: Client, { where, values }: Conditions): Promise<Summary> {
  const { rows } = await client.query<Summary>(
    `WITH groups AS MATERIALIZED (
       SELECT file_id, service, level, count(*) AS count, min("timestamp") AS first, max("timestamp") AS last,
         count(source) > 0 AS is_sourced, count(response_time_ms) > 0 AS is_timed
       FROM log_lines WHERE ${where} GROUP BY file_id, service, level),
     levels AS (SELECT level, sum(count) AS count FROM groups GROUP BY level),
     services AS (
       SELECT service, sum(count) AS count, coalesce(sum(count) FILTER (WHERE level >= 6), 0) AS errors
       FROM groups WHERE service IS NOT NULL GROUP BY service ORDER BY count DESC, service COLLATE "C" LIMIT 20)
     SELECT (SELECT json_agg(levels) FROM levels) AS levels, (SELECT json_agg(services) FROM services) AS services,
       count(DISTINCT file_id) AS files, min(first) AS first, max(last) AS last,
       bool_or(is_sourced) AS is_sourced, bool_or(is_timed) AS is_timed
     FROM groups`,
    [...values],
  );
  const [summary] = rows;
  if (summary === undefined) throw new Error('expected one row of totals, got none');
  return summary;
}

async function readTimeline(
  client: Client,
  { where, values }: Conditions,
  { first, last }: { first: Date; last: Date },
): Promise<void> {
  const bucketMs = Math.ceil((last.getTime() - first.getTime() + 1) / MAX_BUCKETS);
  const next = values.length + 1;
  await client.query(
    `SELECT date_bin(make_interval(secs => $${next}::float8 / 1000), "timestamp", $${next + 1}::timestamptz) AS bucket,
       count(*) AS count, count(*) FILTER (WHERE level >= 6) AS errors
     FROM log_lines WHERE ${where} AND "timestamp" IS NOT NULL GROUP BY bucket`,
    [...values, bucketMs, first],
  );
}

async function readSources(client: Client, { where, values }: Conditions): Promise<void> {
  await client.query(
    `SELECT source, count(*) AS count FROM log_lines WHERE ${where} AND source IS NOT NULL
     GROUP BY source ORDER BY count DESC, source COLLATE "C" LIMIT 10`,
    [...values],
  );
}

async function readResponseTimes(client: Client, { where, values }: Conditions): Promise<void> {
  await client.query(
    `SELECT avg(response_time_ms) AS avg,
       percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY response_time_ms) AS percentiles
     FROM log_lines WHERE ${where} AND response_time_ms IS NOT NULL`,
    [...values],
  );
}

/** Reads the first page of the newest matches. */
export async function everyRecordSearch(client: Client, query: PlainQuery): Promise<void> {
  await inSnapshot(client, async () => {
    const { where, values } = conditionsOf(query);
    const isNarrowed = values.length > 0;
    const { rows } = await client.query<{ total: string }>(
      isNarrowed
        ? `SELECT count(*) AS total, count("timestamp") AS dated FROM log_lines WHERE ${where}`
        : `SELECT coalesce(sum(coalesce(record_count, line_count)), 0)::bigint AS total FROM files WHERE status = 'indexed'`,
      [...values],
    );
    const matches = `FROM log_lines WHERE ${where} AND "timestamp" IS NOT NULL`;
    const order = `ORDER BY ${NEWEST}`;
    await client.query(
      Number(rows[0]?.total) > FEW
        ? `SELECT ${COLUMNS} ${matches} ${order} LIMIT ${PAGE_SIZE}`
        : `WITH matches AS MATERIALIZED (SELECT file_id, line, "timestamp" ${matches}),
             page AS (SELECT file_id, line FROM matches ${order} LIMIT ${PAGE_SIZE})
           SELECT ${COLUMNS} FROM log_lines JOIN page USING (file_id, line) ${order}`,
      [...values],
    );
  });
}

function conditionsOf({ from, to, service, level, words = [] }: PlainQuery): Conditions {
  const parts = [IS_VISIBLE];
  const values: unknown[] = [];
  const narrow = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(condition(`$${values.length}`));
  };
  narrow((instant) => `"timestamp" >= ${instant}`, from);
  narrow((instant) => `"timestamp" < ${instant}`, to);
  narrow((name) => `service = ${name}`, service);
  narrow((levels) => `level = ANY(${levels}::smallint[])`, level === undefined ? undefined : [LEVEL_CODES[level]]);
  if (words.length > 0) narrow((tsquery) => `search @@ ${tsquery}::tsquery`, words.map(toPhrase).join(' & '));
  return { where: parts.join(' AND '), values };
}

const toPhrase = (words: readonly string[]): string => `(${words.map((word) => `'${word}'`).join(' <-> ')})`;

async function inSnapshot(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await work();
  } finally {
    await client.query('COMMIT');
  }
}
