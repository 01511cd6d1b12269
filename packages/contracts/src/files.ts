import { z } from 'zod';
import { textSchema } from './fields.ts';

export const FILE_STATUSES = ['received', 'indexing', 'indexed', 'failed'] as const;
export type FileStatus = (typeof FILE_STATUSES)[number];

/** Formats that ingest recognises by content; `text` is one record per line with no structure known. */
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

/** `GET /api/files`: newest first, `cursor` is the `next` of the page before. */
export const filesQuerySchema = z.strictObject({
  limit: z.coerce.number<string>().pipe(z.int().min(1).max(1_000)).default(1_000),
  cursor: textSchema(1, 200).optional(),
});
export type FilesQuery = z.infer<typeof filesQuerySchema>;

/** An uploaded file as the API shows it. */
export interface LogFile {
  id: string;
  /** The name it was uploaded under, as data: never a path. */
  name: string;
  size_bytes: number;
  /** Known once ingest has looked at the content. */
  format: FileFormat | null;
  gzipped: boolean;
  status: FileStatus;
  line_count: number;
  /** ERROR and FATAL records. */
  error_count: number;
  /** Records that no parser of the file's format knew; kept raw, level UNKNOWN. */
  unparsed_count: number;
  /** Records cut at the longest line that is kept. */
  truncated_count: number;
  /** True when timestamps carry no year and it was inferred. */
  year_inferred: boolean;
  first_timestamp: string | null;
  last_timestamp: string | null;
  uploaded_at: string;
  indexed_at: string | null;
  /** Why a `failed` file failed. */
  error: string | null;
}

/**
 * Where a change stands in the invalidation log. `applied`: no process serves the state before it. `pending`: the log
 * was out of reach, so `position` is null until the relay has applied it.
 */
export interface Invalidation {
  position: number | null;
  state: 'applied' | 'pending';
}

/** What `GET /api/files/:id` answers under `file`. */
export interface LogFileDetail extends LogFile {
  /** Of the file's latest event, with the instant at which it was noted to be applied; null while it is pending. */
  invalidation: Invalidation & { applied_at: string | null };
}

export interface FilesAnswer {
  files: LogFile[];
  stats: { total_files: number; total_bytes: number; total_lines: number; by_status: Record<FileStatus, number> };
  /** Give it as `cursor` for the next page; null on the last one. */
  next: string | null;
}

/** The longest `Prefer: wait=N` that is honoured, in seconds. */
const LONGEST_WAIT_SECONDS = 60;

/** `Prefer: wait=30` (RFC 7240, section 4.3): seconds to wait for the answer, or null when not asked for. */
export function preferredWaitSeconds(prefer: string | undefined): number | null {
  const wait = prefer?.match(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i)?.[1];
  return wait === undefined ? null : Math.min(Number(wait), LONGEST_WAIT_SECONDS);
}
