import type { Level, LogStats } from '@pilotlight/contracts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import { FIRST_ERROR_CODE, levelOfCode } from '../level-codes.ts';
import { Parameters } from '../parameters.ts';
import type { Pieces } from './cut-files.ts';
import type { StatsFilter } from './filter.ts';
import { bucketsOfCutFiles, linesOf, ofWholeFiles } from './pieces-sql.ts';

const TOP_SERVICES = 20;

interface SummaryRow {
  levels: { level: number; count: number }[] | null;
  services: LogStats['by_service'] | null;
  files: number;
  first: Date | null;
  last: Date | null;
  is_sourced: boolean | null;
  is_timed: boolean | null;
}

/** Totals of the counted records. */
export interface Summary {
  readonly total: number;
  readonly levels: Record<Level, number>;
  readonly services: LogStats['by_service'];
  readonly files: number;
  readonly first: Date | null;
  readonly last: Date | null;
  /** Whether any record may have a source, and whether any may have a response time. */
  readonly isSourced: boolean;
  readonly isTimed: boolean;
}

const COLUMNS = 'file_id, service, level, count, first, last, is_sourced, is_timed';

/** Adds up the groups of whole files, the buckets of cut files and the records that are counted one by one. */
export async function readSummary(statements: Statements, filter: StatsFilter, pieces: Pieces): Promise<Summary> {
  const parameters = new Parameters();
  const groups = groupQueries(filter, pieces, parameters).join('\n UNION ALL ');
  const { rows } = await statements.query<SummaryRow>(
    `WITH groups (${COLUMNS}) AS MATERIALIZED (${groups}),
     levels AS (SELECT level, sum(count) AS count FROM groups GROUP BY level),
     services AS (
       SELECT service, sum(count) AS count, coalesce(sum(count) FILTER (WHERE level >= ${FIRST_ERROR_CODE}), 0) AS errors
       FROM groups WHERE service IS NOT NULL GROUP BY service
       ORDER BY count DESC, service COLLATE "C" LIMIT ${TOP_SERVICES})
     SELECT (SELECT json_agg(levels) FROM levels) AS levels, (SELECT json_agg(services) FROM services) AS services,
       count(DISTINCT file_id) AS files, min(first) AS first, max(last) AS last,
       bool_or(is_sourced) AS is_sourced, bool_or(is_timed) AS is_timed
     FROM groups`,
    parameters.values,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('expected one row of totals, got none');
  const levels = countLevels(row.levels ?? []);
  return {
    total: Object.values(levels).reduce((sum, count) => sum + count, 0),
    levels,
    services: row.services ?? [],
    files: row.files,
    first: row.first,
    last: row.last,
    isSourced: row.is_sourced === true,
    isTimed: row.is_timed === true,
  };
}

function groupQueries(filter: StatsFilter, pieces: Pieces, parameters: Parameters): string[] {
  // No range contains an undated record.
  const count = filter.hasRange ? 'file_groups.dated' : 'file_groups.lines';
  const queries = [
    `SELECT file_id, service, level, ${count}::bigint, first_timestamp, last_timestamp, sourced > 0, timed > 0
     ${ofWholeFiles('file_groups', filter, parameters, `${count} > 0`)}`,
  ];
  const buckets = bucketsOfCutFiles(pieces, filter, parameters);
  if (buckets !== null) {
    // Buckets do not say whether their records have a source, so a later query looks.
    queries.push(
      `SELECT file_id, service, level, lines::bigint, first_timestamp, last_timestamp, true, true ${buckets}`,
    );
  }
  for (const lines of linesOf(pieces, filter, parameters)) {
    queries.push(
      `SELECT file_id, service, level, count(*), min("timestamp"), max("timestamp"), count(source) > 0,
         count(response_time_ms) > 0 ${lines} GROUP BY file_id, service, level`,
    );
  }
  return queries;
}

function countLevels(found: readonly { level: number; count: number }[]): Record<Level, number> {
  const counts = { TRACE: 0, DEBUG: 0, INFO: 0, NOTICE: 0, WARN: 0, ERROR: 0, FATAL: 0, UNKNOWN: 0 };
  for (const { level, count } of found) counts[levelOfCode(level)] = count;
  return counts;
}
