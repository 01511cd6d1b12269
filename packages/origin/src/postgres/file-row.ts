import type { LogFile, ReadAs } from '@pilotlight/contracts';

type InstantColumn = 'first_timestamp' | 'last_timestamp' | 'uploaded_at' | 'indexed_at';

/** A visible row of `files`, with the columns of `FILE_COLUMNS`: a `LogFile` whose instants are dates. */
export type FileRow = Omit<LogFile, InstantColumn | 'read_as'> & {
  [Column in InstantColumn]: null extends LogFile[Column] ? Date | null : Date;
} & { read_as: Partial<ReadAs> | null };

/** The number of records of a row of `files`. Files of earlier releases have one record per line. */
export const RECORD_COUNT = 'coalesce(record_count, line_count)';

const FORMATS = `coalesce(formats, CASE WHEN format IS NULL THEN '[]'
  ELSE jsonb_build_array(jsonb_build_object('name', format, 'records', line_count)) END)`;

export const FILE_COLUMNS = `id, name, size_bytes, format, ${FORMATS} AS formats, encoding, gzipped,
  coalesce(packing, CASE WHEN gzipped THEN 'gzip' END) AS packing, status, line_count, ${RECORD_COUNT} AS record_count, error_count,
  unparsed_count, truncated_count, dropped_nul_bytes, skipped_members, skipped_because, read_as, year_inferred, first_timestamp, last_timestamp, uploaded_at, indexed_at, error`;

/** Of a file whose upload did not ask for anything. */
const DEFAULTS: ReadAs = { timezone: null, date_order: null, format: null };

export function toLogFile(row: FileRow): LogFile {
  return {
    ...row,
    read_as: { ...DEFAULTS, ...row.read_as },
    first_timestamp: row.first_timestamp?.toISOString() ?? null,
    last_timestamp: row.last_timestamp?.toISOString() ?? null,
    uploaded_at: row.uploaded_at.toISOString(),
    indexed_at: row.indexed_at?.toISOString() ?? null,
  };
}
