import type { LogStats } from '@pilotlight/contracts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import { PERCENTILES, toResponseTimes } from '../../response-times.ts';
import { BIN_IN_SQL, type Bin, percentilesOf } from '../../time-bins.ts';
import type { Conditions } from '../conditions.ts';
import { Parameters } from '../parameters.ts';
import type { CutFile, Pieces } from './cut-files.ts';
import type { StatsFilter } from './filter.ts';
import { linesOf, ofWholeFiles } from './pieces-sql.ts';

const TOP_SOURCES = 10;

/** The parts of stats that groups and buckets do not hold. */
export type Details = Pick<LogStats, 'top_sources' | 'top_sources_error' | 'response_time_ms'>;

/**
 * Reads sources and response times exactly. The index of time has all of their columns, so a range is read twice there; other records are
 * read once.
 */
export async function readExactDetails(
  statements: Statements,
  { where, values }: Conditions,
  { isTimed, hasRange }: { isTimed: boolean; hasRange: boolean },
): Promise<Details> {
  const kept = hasRange ? 'NOT MATERIALIZED' : 'MATERIALIZED';
  const { rows } = await statements.query<{
    top: LogStats['top_sources'] | null;
    avg: number | null;
    percentiles: number[] | null;
  }>(
    `WITH seen AS ${kept} (SELECT source, response_time_ms FROM log_lines WHERE ${where}),
     top AS (SELECT source, count(*) AS count FROM seen WHERE source IS NOT NULL
       GROUP BY source ORDER BY count DESC, source COLLATE "C" LIMIT ${TOP_SOURCES})
     SELECT (SELECT json_agg(top) FROM top) AS top, avg(response_time_ms) AS avg,
       percentile_cont(ARRAY[${PERCENTILES.join(', ')}]) WITHIN GROUP (ORDER BY response_time_ms) AS percentiles
     FROM seen WHERE ${isTimed ? 'response_time_ms IS NOT NULL' : 'false'}`,
    values,
  );
  const { top = null, avg = null, percentiles = null } = rows[0] ?? {};
  return {
    top_sources: top ?? [],
    top_sources_error: 0,
    response_time_ms: avg === null || percentiles === null ? null : toResponseTimes(avg, percentiles),
  };
}

/** Files whose records are read because their stored counts do not answer the query: cut files have none for a range. */
function byLine(ids: readonly string[]): Pieces {
  return { cut: [], lines: ids };
}

/** Returns the most frequent sources: the stored ones of whole files, and those counted in the records of the others. */
export async function readSources(
  statements: Statements,
  filter: StatsFilter,
  cutFiles: readonly CutFile[],
): Promise<Pick<Details, 'top_sources' | 'top_sources_error'>> {
  const { stored, mixed } = await readFilesOfFilter(statements, filter);
  const ids = [...cutFiles.filter(({ sourced }) => sourced !== 0).map(({ id }) => id), ...mixed];
  const parameters = new Parameters();
  const isStored = stored === null ? 'true' : `whole.id = ANY(${parameters.add(stored)}::uuid[])`;
  const parts = [
    `SELECT source, file_sources.lines AS count ${ofWholeFiles('file_sources', filter, parameters, isStored)}`,
    ...linesOf(byLine(ids), filter, parameters).map(
      (lines) => `SELECT source, count(*) ${lines} AND source IS NOT NULL GROUP BY source`,
    ),
  ];
  const { rows: top } = await statements.query<LogStats['top_sources'][number]>(
    `SELECT source, sum(count)::bigint AS count FROM (${parts.join(' UNION ALL ')}) AS parts
     GROUP BY source ORDER BY count DESC, source COLLATE "C" LIMIT ${TOP_SOURCES}`,
    parameters.values,
  );
  return { top_sources: top, top_sources_error: await readSourcesError(statements, filter, stored) };
}

/** Returns the sum of the errors of the files whose stored sources are used. */
async function readSourcesError(
  statements: Statements,
  filter: StatsFilter,
  stored: readonly string[] | null,
): Promise<number> {
  const parameters = new Parameters();
  const isStored = stored === null ? 'true' : `files.id = ANY(${parameters.add(stored)}::uuid[])`;
  const { rows } = await statements.query<{ error: number }>(
    `SELECT coalesce(sum(sources_error), 0)::bigint AS error FROM files JOIN file_roll_ups ON file_id = files.id
     WHERE ${filter.file(parameters)} AND ${filter.isWhole(parameters)} AND ${isStored}`,
    parameters.values,
  );
  return rows[0]?.error ?? 0;
}

interface FilesOfFilter {
  /** The whole files of which the filter takes every record, so that their stored sources answer it. Null if it takes every record of all whole files. */
  readonly stored: string[] | null;
  /** The whole files of which the filter takes some records. */
  readonly mixed: string[];
}

async function readFilesOfFilter(statements: Statements, filter: StatsFilter): Promise<FilesOfFilter> {
  if (!filter.hasGroups && !filter.hasRange) return { stored: null, mixed: [] };
  const parameters = new Parameters();
  const count = filter.hasRange ? 'file_groups.dated' : 'file_groups.lines';
  const { rows } = await statements.query<{ id: string; is_all: boolean }>(
    `SELECT whole.id, sum(${count}) = whole.lines AS is_all ${ofWholeFiles('file_groups', filter, parameters)}
     GROUP BY whole.id, whole.lines`,
    parameters.values,
  );
  const idsOf = (isAll: boolean): string[] => rows.filter((row) => row.is_all === isAll).map(({ id }) => id);
  return { stored: idsOf(true), mixed: idsOf(false) };
}

/**
 * Returns response times within the relative error of their bins. The average is exact. The times of whole files are stored, per file
 * and per group; the records of other files are read.
 */
export async function readBinnedTimes(
  statements: Statements,
  filter: StatsFilter,
  cutFiles: readonly CutFile[],
): Promise<LogStats['response_time_ms']> {
  const parameters = new Parameters();
  const partlyDated = filter.hasRange ? await readPartlyDated(statements, filter) : [];
  const cut = cutFiles.filter(({ timed }) => timed !== 0).map(({ id }) => id);
  const table = filter.hasGroups ? 'file_groups' : 'file_times';
  const notRead = partlyDated.length === 0 ? 'true' : `whole.id <> ALL(${parameters.add(partlyDated)}::uuid[])`;
  const stored = `${table}.timed, time_sum, bins, bin_counts
    ${ofWholeFiles(table, filter, parameters, `${table}.timed > 0 AND ${notRead}`)}`;
  const counted = linesOf(byLine([...cut, ...partlyDated]), filter, parameters).map(
    (lines) =>
      `SELECT ${BIN_IN_SQL}, count(*), sum(response_time_ms) ${lines} AND response_time_ms IS NOT NULL GROUP BY 1`,
  );
  const { rows } = await statements.query<{ bins: Bin[] | null; sum: number; count: number }>(
    `WITH stored AS MATERIALIZED (SELECT ${stored}),
     counted (bin, count, sum) AS MATERIALIZED (${counted[0] ?? 'SELECT 0, 0::bigint, 0::float8 WHERE false'}),
     merged AS (
       SELECT bin, sum(count) AS count FROM (
         SELECT bin, count FROM stored, unnest(bins, bin_counts) AS each (bin, count)
         UNION ALL SELECT bin, count FROM counted) AS parts
       GROUP BY bin ORDER BY bin)
     SELECT (SELECT json_agg(merged) FROM merged) AS bins,
       coalesce((SELECT sum(time_sum) FROM stored), 0) + coalesce((SELECT sum(sum) FROM counted), 0) AS sum,
       coalesce((SELECT sum(timed) FROM stored), 0)::float8 + coalesce((SELECT sum(count) FROM counted), 0)::float8 AS count`,
    parameters.values,
  );
  const { bins = null, sum = 0, count = 0 } = rows[0] ?? {};
  return bins === null ? null : toResponseTimes(sum / count, percentilesOf(bins, PERCENTILES));
}

/** Returns the whole files with records that no range contains: their stored times are not only those of the range. */
async function readPartlyDated(statements: Statements, filter: StatsFilter): Promise<string[]> {
  const parameters = new Parameters();
  const { rows } = await statements.query<{ id: string }>(
    `SELECT files.id FROM files JOIN file_roll_ups ON file_id = files.id
     WHERE ${filter.file(parameters)} AND ${filter.isWhole(parameters)} AND timed > 0 AND dated < lines`,
    parameters.values,
  );
  return rows.map(({ id }) => id);
}
