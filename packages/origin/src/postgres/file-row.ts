import type { LogFile } from '@pilotlight/contracts';

type InstantColumn = 'first_timestamp' | 'last_timestamp' | 'uploaded_at' | 'indexed_at';

/** A visible row of `files`, with the columns of `FILE_COLUMNS`: a `LogFile` whose instants are dates. */
export type FileRow = Omit<LogFile, InstantColumn> & {
  [Column in InstantColumn]: null extends LogFile[Column] ? Date | null : Date;
};

export const FILE_COLUMNS = `id, name, size_bytes, format, gzipped, status, line_count, error_count, unparsed_count,
  truncated_count, year_inferred, first_timestamp, last_timestamp, uploaded_at, indexed_at, error`;

export function toLogFile(row: FileRow): LogFile {
  return {
    ...row,
    first_timestamp: row.first_timestamp?.toISOString() ?? null,
    last_timestamp: row.last_timestamp?.toISOString() ?? null,
    uploaded_at: row.uploaded_at.toISOString(),
    indexed_at: row.indexed_at?.toISOString() ?? null,
  };
}
