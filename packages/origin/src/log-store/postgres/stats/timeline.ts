import type { LogStats } from '@pilotlight/contracts';
import type { Statements } from '../../../postgres/until-aborted.ts';
import { BUCKET_WIDTHS } from '../../bucket-widths.ts';
import { timelineBounds } from '../../timeline-bounds.ts';
import { timelineBuckets } from '../../timeline-buckets.ts';
import { levelOfCode } from '../level-codes.ts';
import { Parameters } from '../parameters.ts';
import { piecesOf, readCutFiles } from './cut-files.ts';
import type { StatsFilter } from './filter.ts';
import { bucketsOfCutFiles, linesOf, ofWholeFiles } from './pieces-sql.ts';
import type { Summary } from './summary.ts';

interface BucketRow {
  /** 1-based. */
  bucket: number;
  level: number;
  count: number;
}

/** Counts the dated records in buckets. Buckets of files are used where none of them crosses a bound of the timeline. */
export async function readTimeline(
  statements: Statements,
  filter: StatsFilter,
  { first, last }: Pick<Summary, 'first' | 'last'>,
): Promise<Pick<LogStats, 'timeline' | 'interval'>> {
  const { query } = filter;
  if (first === null || last === null) return { timeline: [], interval: query.interval ?? null };
  const span = { firstMs: filter.fromMs ?? first.getTime(), lastMs: last.getTime() };
  const { bounds, interval } = timelineBounds(query, span);
  const rows = await readCounts(statements, filter, bounds);
  const counts = rows.map(({ bucket, level, count }) => ({ index: bucket - 1, level: levelOfCode(level), count }));
  return { timeline: timelineBuckets(bounds, counts), interval };
}

async function readCounts(
  statements: Statements,
  filter: StatsFilter,
  bounds: readonly number[],
): Promise<BucketRow[]> {
  const widths = BUCKET_WIDTHS.filter((width) => bounds.every((bound) => bound % width === 0));
  const pieces = piecesOf(await readCutFiles(statements, filter, widths), filter, widths);
  const parameters = new Parameters();
  const array = `${parameters.add(bounds.map(boundText))}::timestamptz[]`;
  const counts = [
    `SELECT bucket AS at, level, file_buckets.lines
     ${ofWholeFiles('file_buckets', filter, parameters, `bucket_ms = ANY(${parameters.add(widths)}::bigint[])`)}`,
  ];
  const buckets = bucketsOfCutFiles(pieces, filter, parameters);
  if (buckets !== null) counts.push(`SELECT bucket, level, lines ${buckets}`);
  for (const lines of linesOf(pieces, filter, parameters)) counts.push(`SELECT "timestamp", level, 1 ${lines}`);
  const { rows } = await statements.query<BucketRow>(
    `SELECT width_bucket(at, ${array}) AS bucket, level, sum(lines)::bigint AS count
     FROM (${counts.join('\n UNION ALL ')}) AS counts WHERE at IS NOT NULL GROUP BY 1, 2`,
    parameters.values,
  );
  return rows;
}

/** Years before 1 and after 9999 have another form in Postgres than in ISO 8601. No record has such a year. */
function boundText(ms: number): string {
  const year = new Date(ms).getUTCFullYear();
  if (year < 1) return '-infinity';
  return year > 9_999 ? 'infinity' : new Date(ms).toISOString();
}
