import type { Parameters } from '../parameters.ts';
import type { Pieces } from './cut-files.ts';
import type { StatsFilter } from './filter.ts';

/** No record is as late: its text would have more than four digits for the year. */
const NEVER_MS = Date.UTC(10_000, 0, 1);

/** Returns an instant as text, or the infinite one that Postgres knows for a missing bound. */
function instantOf(ms: number | null, missing: '-infinity' | 'infinity'): string {
  if (ms === null) return missing;
  return ms >= NEVER_MS ? 'infinity' : new Date(ms).toISOString();
}

/** Returns `FROM … WHERE …` of the whole buckets of cut files, or null if there are none. */
export function bucketsOfCutFiles({ cut }: Pieces, filter: StatsFilter, parameters: Parameters): string | null {
  if (cut.length === 0) return null;
  const ids = parameters.add(cut.map(({ id }) => id));
  const froms = parameters.add(cut.map(({ fromMs }) => instantOf(fromMs, '-infinity')));
  const tos = parameters.add(cut.map(({ toMs }) => instantOf(toMs, 'infinity')));
  return `FROM unnest(${ids}::uuid[], ${froms}::timestamptz[], ${tos}::timestamptz[]) AS cut (id, low, high)
    JOIN file_buckets ON file_id = cut.id AND bucket >= cut.low AND bucket < cut.high
    WHERE ${filter.groups(parameters)}`;
}

/**
 * Returns each `FROM … WHERE …` of the records that are counted one by one: those of whole files without usable counts, and those
 * between the range's bounds and the nearest edges of buckets.
 */
export function linesOf({ cut, lines }: Pieces, filter: StatsFilter, parameters: Parameters): string[] {
  const parts: string[] = [];
  const conditions = (): string => `${filter.groups(parameters)} AND ${filter.time(parameters)}`;
  if (lines.length > 0) {
    const ids = parameters.add(lines);
    parts.push(`FROM log_lines WHERE file_id = ANY(${ids}::uuid[]) AND ${conditions()}`);
  }
  const { fromMs, toMs } = filter;
  const low = cut.filter((piece) => fromMs !== null && piece.fromMs !== null && piece.fromMs > fromMs);
  const high = cut.filter((piece) => toMs !== null && piece.toMs !== null && piece.toMs < toMs);
  if (low.length > 0) {
    const edges = low.map((piece) => instantOf(piece.fromMs, '-infinity'));
    parts.push(`${atEdges(low, edges, parameters)} AND "timestamp" < cut.edge
      AND "timestamp" < ${parameters.add(latest(edges))} AND ${conditions()}`);
  }
  if (high.length > 0) {
    const edges = high.map((piece) => instantOf(piece.toMs, 'infinity'));
    parts.push(`${atEdges(high, edges, parameters)} AND "timestamp" >= cut.edge
      AND "timestamp" >= ${parameters.add(earliest(edges))} AND ${conditions()}`);
  }
  return parts;
}

function atEdges(cut: readonly { id: string }[], edges: readonly string[], parameters: Parameters): string {
  const ids = parameters.add(cut.map(({ id }) => id));
  return `FROM log_lines JOIN unnest(${ids}::uuid[], ${parameters.add(edges)}::timestamptz[]) AS cut (id, edge)
    ON file_id = cut.id WHERE true`;
}

/** All years have four digits, so comparing instants as text compares them as times. */
const latest = (edges: readonly string[]): string => edges.toSorted().at(-1) ?? 'infinity';
const earliest = (edges: readonly string[]): string => edges.toSorted()[0] ?? '-infinity';

/** Returns `FROM … WHERE …` of a table of counts, for the files that are counted as a whole. */
export function ofWholeFiles(
  table: 'file_groups' | 'file_buckets' | 'file_sources' | 'file_times',
  filter: StatsFilter,
  parameters: Parameters,
  extra = 'true',
): string {
  // Sources and times of a file are counted for all its groups together.
  const hasGroups = table === 'file_groups' || table === 'file_buckets';
  const conditions = hasGroups ? filter.groups(parameters) : 'true';
  return `FROM (SELECT files.id, file_roll_ups.lines, file_roll_ups.dated, bucket_ms
      FROM files JOIN file_roll_ups ON file_id = files.id
      WHERE ${filter.file(parameters)} AND ${filter.isWhole(parameters)}) AS whole
    JOIN ${table} ON file_id = whole.id WHERE ${conditions} AND ${extra}`;
}
