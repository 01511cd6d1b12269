import type { FileFormat, FileStatus, LogFile } from '@pilotlight/contracts';

/** A visible row of `files`: the columns that `FILE_COLUMNS` names. */
export interface FileRow {
  id: string;
  name: string;
  size_bytes: number;
  format: FileFormat | null;
  gzipped: boolean;
  status: FileStatus;
  line_count: number;
  error_count: number;
  unparsed_count: number;
  truncated_count: number;
  year_inferred: boolean;
  first_timestamp: Date | null;
  last_timestamp: Date | null;
  uploaded_at: Date;
  indexed_at: Date | null;
  error: string | null;
}

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
