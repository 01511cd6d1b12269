import type { LogStats, StatsQuery } from '@pilotlight/contracts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import { EXACT_BELOW } from '../../response-times.ts';
import { toConditions } from '../conditions.ts';
import { type CutFile, piecesOf, readCutFiles } from './cut-files.ts';
import { type Details, readBinnedTimes, readExactDetails, readSources } from './details.ts';
import { StatsFilter } from './filter.ts';
import { readSummary, type Summary } from './summary.ts';
import { readTimeline } from './timeline.ts';

/**
 * Counts within one snapshot. Files are counted ahead, by group and by time bucket (`roll-up/`); records are read where the range
 * cuts a bucket, and in files without counts. `exactBelow` is for tests.
 */
export async function stats(
  statements: Statements,
  query: StatsQuery,
  exactBelow: number = EXACT_BELOW,
): Promise<LogStats> {
  const filter = new StatsFilter(query);
  const cutFiles = await readCutFiles(statements, filter);
  const summary = await readSummary(statements, filter, piecesOf(cutFiles, filter));
  const { total, levels, first, last } = summary;
  const details =
    total < exactBelow
      ? await readSmallDetails(statements, filter, summary)
      : await readLargeDetails(statements, filter, summary, cutFiles);
  return {
    total_logs: total,
    by_level: levels,
    error_rate: total === 0 ? 0 : (levels.ERROR + levels.FATAL) / total,
    by_service: summary.services,
    ...(await readTimeline(statements, filter, summary)),
    tz: query.tz ?? 'UTC',
    ...details,
    time_range: { from: first?.toISOString() ?? null, to: last?.toISOString() ?? null },
    files: summary.files,
  };
}

const NO_SOURCES = { top_sources: [], top_sources_error: 0 };

async function readSmallDetails(statements: Statements, filter: StatsFilter, summary: Summary): Promise<Details> {
  if (!summary.isSourced && !summary.isTimed) return { ...NO_SOURCES, response_time_ms: null };
  const { isTimed } = summary;
  return await readExactDetails(statements, toConditions(filter.query), { isTimed, hasRange: filter.hasRange });
}

async function readLargeDetails(
  statements: Statements,
  filter: StatsFilter,
  { isSourced, isTimed }: Summary,
  cutFiles: readonly CutFile[],
): Promise<Details> {
  const sources = isSourced ? await readSources(statements, filter, cutFiles) : NO_SOURCES;
  return { ...sources, response_time_ms: isTimed ? await readBinnedTimes(statements, filter, cutFiles) : null };
}
