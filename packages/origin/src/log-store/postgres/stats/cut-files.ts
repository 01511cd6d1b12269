import type { Statements } from '../../../postgres/until-aborted.ts';
import { bucketStart } from '../../bucket-widths.ts';
import { Parameters } from '../parameters.ts';
import type { StatsFilter } from './filter.ts';

/** A file whose counts as a whole do not answer the query. */
export interface CutFile {
  readonly id: string;
  /** Null if the file has no buckets. */
  readonly bucket_ms: number | null;
  /** Whether the range holds all dated records of the file. */
  readonly is_whole: boolean;
  readonly sourced: number | null;
  readonly timed: number | null;
}

/** Parts of the visible records from which stats are added up, besides the files that are counted as a whole. */
export interface Pieces {
  /** Files that are counted in whole buckets from `fromMs` to `toMs`, and record by record at both edges. */
  readonly cut: readonly CutPiece[];
  /** Files whose records are counted one by one. */
  readonly lines: readonly string[];
}

interface CutPiece {
  readonly id: string;
  /** Defaults to the first bucket. */
  readonly fromMs: number | null;
  /** Defaults to the last bucket. */
  readonly toMs: number | null;
}

/**
 * Returns the files that the range cuts, and those without counts. With `widths`, also the whole files whose buckets have another
 * width.
 */
export async function readCutFiles(
  statements: Statements,
  filter: StatsFilter,
  widths: readonly number[] | null = null,
): Promise<CutFile[]> {
  const parameters = new Parameters();
  const isWhole = `(${filter.isWhole(parameters)})`;
  const fits = widths === null ? 'true' : `bucket_ms = ANY(${parameters.add(widths)}::bigint[])`;
  const { rows } = await statements.query<CutFile>(
    `SELECT files.id, bucket_ms, coalesce(${isWhole}, false) AS is_whole, file_roll_ups.sourced, file_roll_ups.timed
     FROM files LEFT JOIN file_roll_ups ON file_id = files.id
     WHERE ${filter.file(parameters)} AND NOT coalesce(${isWhole} AND ${fits}, false)
       AND (bucket_ms IS NULL OR (file_roll_ups.dated > 0 AND ${filter.mayOverlap(parameters)}))`,
    parameters.values,
  );
  return rows;
}

/** Divides cut files at the edges of their buckets. A file whose buckets have another width than `widths` is read by line. */
export function piecesOf(
  files: readonly CutFile[],
  { fromMs, toMs }: Pick<StatsFilter, 'fromMs' | 'toMs'>,
  widths: readonly number[] | null = null,
): Pieces {
  const cut: CutPiece[] = [];
  const lines: string[] = [];
  for (const { id, bucket_ms: width } of files) {
    const piece = width === null ? null : cutPiece(id, width, fromMs, toMs);
    if (piece === null || width === null || widths?.includes(width) === false) lines.push(id);
    else cut.push(piece);
  }
  return { cut, lines };
}

/** Returns null if the range contains no whole bucket. */
function cutPiece(id: string, width: number, fromMs: number | null, toMs: number | null): CutPiece | null {
  const first = fromMs === null ? null : -bucketStart(-fromMs, width);
  const past = toMs === null ? null : bucketStart(toMs, width);
  return first !== null && past !== null && first >= past ? null : { id, fromMs: first, toMs: past };
}
