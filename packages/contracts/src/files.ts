import { z } from 'zod';
import { textSchema } from './fields.ts';

export const FILE_STATUSES = ['received', 'indexing', 'indexed', 'failed'] as const;
export type FileStatus = (typeof FILE_STATUSES)[number];

/** Formats that ingest recognises by content; `text` has one record per line without known structure. */
export const FILE_FORMATS = [
  'ndjson',
  'json',
  'csv',
  'tsv',
  'apache-access',
  'apache-error',
  'nginx-error',
  'syslog-rfc3164',
  'syslog-rfc5424',
  'application',
  'logfmt',
  'text',
] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** `GET /api/files`, newest first; `cursor` is the `next` of the previous page. */
export const filesQuerySchema = z.strictObject({
  limit: z.coerce.number<string>().pipe(z.int().min(1).max(1_000)).default(1_000),
  cursor: textSchema(1, 200).optional(),
});
export type FilesQuery = z.infer<typeof filesQuerySchema>;

/** An uploaded file as the API shows it. */
export interface LogFile {
  id: string;
  /** The name under which it was uploaded; used as data, never as a path. */
  name: string;
  size_bytes: number;
  /** Null until ingest has read the start of the file. */
  format: FileFormat | null;
  gzipped: boolean;
  status: FileStatus;
  line_count: number;
  /** ERROR and FATAL records. */
  error_count: number;
  /** Records that do not match the file's format; stored raw with level UNKNOWN. */
  unparsed_count: number;
  /** Records that were cut at the maximum line length. */
  truncated_count: number;
  /** Whether the year of timestamps is inferred, because the file has none. */
  year_inferred: boolean;
  first_timestamp: string | null;
  last_timestamp: string | null;
  uploaded_at: string;
  indexed_at: string | null;
  /** Why a `failed` file failed. */
  error: string | null;
}

/**
 * The state of a change in the invalidation log. `applied`: no process serves the state before the change. `pending`: the log was
 * unreachable, so `position` is null until the relay has applied the change.
 */
export interface Invalidation {
  position: number | null;
  state: 'applied' | 'pending';
}

/** The field `file` of the answer of `GET /api/files/:id`. */
export interface LogFileDetail extends LogFile {
  /** The state of the file's latest event. `applied_at` is when it was marked as applied; null while it is pending. */
  invalidation: Invalidation & { applied_at: string | null };
}

export interface FilesAnswer {
  files: LogFile[];
  stats: { total_files: number; total_bytes: number; total_lines: number; by_status: Record<FileStatus, number> };
  /** The `cursor` of the next page; null on the last page. */
  next: string | null;
}

/** The maximum effective `Prefer: wait=N`, in seconds. */
const MAX_WAIT_SECONDS = 60;

/**
 * Parses `Prefer: wait=30` (RFC 7240, section 4.3). Returns how long to wait for the answer, in seconds, or null if no wait is
 * requested.
 */
export function preferredWaitSeconds(prefer: string | undefined): number | null {
  const wait = prefer?.match(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i)?.[1];
  return wait === undefined ? null : Math.min(Number(wait), MAX_WAIT_SECONDS);
}
