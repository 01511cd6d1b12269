import { z } from 'zod';
import { textSchema } from './fields.ts';
import { formatNameSchema } from './format-name.ts';
import { confirmationSchema } from './invalidation-journal.ts';
import { readAsSchema } from './upload.ts';

export const FILE_STATUSES = ['received', 'indexing', 'indexed', 'failed'] as const;
export type FileStatus = (typeof FILE_STATUSES)[number];

/** The number of formats of one file that are counted apart. */
const MAX_FORMATS = 10;

/**
 * The states by which files are listed. `in_progress`: received, or being indexed; one state, because no event says that a worker has begun
 * to read a file, so a list of one of the two could be stale.
 */
export const LISTED_STATES = ['in_progress', 'indexed', 'failed'] as const;
export type ListedState = (typeof LISTED_STATES)[number];

/** `GET /api/files`, newest first; `cursor` is the `next` of the previous page. */
export const filesQuerySchema = z.strictObject({
  limit: z.coerce.number<string>().pipe(z.int().min(1).max(1_000)).default(1_000),
  cursor: textSchema(1, 200).optional(),
  /** Defaults to all. */
  state: z.enum(LISTED_STATES).optional(),
  /** A part of the name, in any case. */
  name: textSchema(1, 200).optional(),
});
export type FilesQuery = z.infer<typeof filesQuerySchema>;

const count = z.int().min(0);
const instant = z.iso.datetime();

const formatCountSchema = z.strictObject({ name: formatNameSchema, records: count });
export type FormatCount = z.infer<typeof formatCountSchema>;

/** An uploaded file as the API shows it. */
const logFileSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string().describe('The name under which the file was uploaded; it is data, never a path.'),
    size_bytes: count,
    format: formatNameSchema
      .nullable()
      .describe(
        'The format of most records, by its name in docs/formats.md, or of a shape of your own; `text` has no known structure. Null until the file is indexed.',
      ),
    formats: z
      .array(formatCountSchema)
      .max(MAX_FORMATS)
      .describe('The formats of the records, those with the most first; a file may hold several.'),
    encoding: z
      .string()
      .max(100)
      .nullable()
      .describe(
        '`utf-8`, `utf-16le`, `windows-1252` and others, joined by `+` if parts differ. Null until the file is indexed.',
      ),
    gzipped: z.boolean(),
    packing: z
      .string()
      .max(64)
      .nullable()
      .describe('What the file was packed with, such as `gzip`, `zstd` or `tar+gzip`; null if it was not packed.'),
    status: z.enum(FILE_STATUSES),
    line_count: count.describe('Lines of the unpacked text. In a JSON document, records.'),
    record_count: count.describe('Records, which may have several lines. Every other count is a count of records.'),
    error_count: count.describe('ERROR and FATAL records.'),
    unparsed_count: count.describe(
      'Records that do not match the format of the file; they are stored raw with the level UNKNOWN.',
    ),
    truncated_count: count.describe('Records that were cut at the maximum line length.'),
    dropped_nul_bytes: count.describe('NUL bytes that only fill the file, which were left out.'),
    skipped_members: count.describe('Files of an archive that are not text logs, which were left out.'),
    skipped_because: z.string().nullable().describe('Names some of these, with what they are.'),
    read_as: readAsSchema.describe('How the upload asked to read what the file leaves open; null is the default.'),
    year_inferred: z.boolean().describe('Whether the year of timestamps is inferred, because the file has none.'),
    first_timestamp: instant.nullable(),
    last_timestamp: instant.nullable(),
    uploaded_at: instant,
    indexed_at: instant.nullable(),
    error: z.string().nullable().describe('Why a `failed` file failed.'),
  })
  .meta({ id: 'LogFile' });
export type LogFile = z.infer<typeof logFileSchema>;

/** The state of a change in the invalidation log. */
export const invalidationSchema = z.strictObject({
  position: count.nullable().describe('The position of the change in the invalidation log; null while it is pending.'),
  state: z
    .enum(['applied', 'pending'])
    .describe(
      '`applied`: no process serves the state before the change. `pending`: the invalidation log was unreachable, and the relay has not applied the change yet.',
    ),
});
export type Invalidation = z.infer<typeof invalidationSchema>;

/** The field `file` of the answer of `GET /api/files/:id`: the file with the state of its latest event. */
const logFileDetailSchema = logFileSchema.extend({
  invalidation: invalidationSchema.extend({
    applied_at: instant.nullable().describe('When the event was marked as applied; null while it is pending.'),
  }),
});
export type LogFileDetail = z.infer<typeof logFileDetailSchema>;

const filesPageSchema = z.strictObject({
  files: z.array(logFileSchema),
  stats: z.strictObject({
    total_files: count,
    total_bytes: count,
    total_lines: count,
    total_records: count,
    by_status: z.record(z.enum(FILE_STATUSES), count),
  }),
  next: z.string().nullable().describe('The `cursor` of the next page; null on the last page.'),
});
export type FilesAnswer = z.infer<typeof filesPageSchema>;

const STREAM_NAME = 'expected 1 to 64 of the characters A-Z a-z 0-9 . _ -';

const success = { success: z.literal(true) };

/** Answers about files. */
export const filesAnswerSchema = z.strictObject({ ...success, ...filesPageSchema.shape });
export const fileAnswerSchema = z.strictObject({ ...success, file: logFileDetailSchema });
export const uploadAnswerSchema = z.strictObject({ ...success, file: logFileSchema, invalidation: invalidationSchema });
export const indexedUploadAnswerSchema = z.strictObject({
  ...success,
  file: logFileSchema,
  invalidation: logFileDetailSchema.shape.invalidation,
});
export const deletionAnswerSchema = z.strictObject({
  ...success,
  invalidation: invalidationSchema.extend({
    receipt_ms: z
      .number()
      .min(0)
      .nullable()
      .describe('How long it took until every process had applied the position, in ms; null while it is pending.'),
    processes: z
      .array(confirmationSchema)
      .describe('The processes, in the order in which they confirmed; empty while it is pending.'),
  }),
});

/** The name of a stream of lines, which its files begin with. */
export const ingestQuerySchema = z.strictObject({
  stream: z
    .string({ error: STREAM_NAME })
    .regex(/^[A-Za-z0-9._-]{1,64}$/, { error: STREAM_NAME })
    .describe('The stream that the lines are appended to; it need not exist.')
    .meta({ example: 'shop' }),
});

/** What a request has added to a stream. */
export const ingestAnswerSchema = z.strictObject({
  ...success,
  stream: z.string(),
  lines: count.describe('The lines of the body that are not empty.'),
  bytes: count.describe('The bytes that are stored: unpacked, and each line with its end.'),
  file: z
    .strictObject({ id: z.uuid(), name: z.string() })
    .describe(
      'The file that has the lines. It is listed once it is rolled, after 2 to 10 s; until then its path answers 404.',
    ),
  invalidation: invalidationSchema.describe(
    'Of the event with which the lines can be found. `pending` before: no answer has them, so none is stale.',
  ),
});

/** `ExportLogsServiceRequest` in OTLP JSON; unknown members are ignored. */
export const exportLogsBodySchema = z.looseObject({ resourceLogs: z.array(z.looseObject({})).nullish() });

/** `ExportLogsServiceResponse` in OTLP JSON. */
export const exportLogsAnswerSchema = z.strictObject({
  partialSuccess: z.strictObject({ rejectedLogRecords: z.string(), errorMessage: z.string() }).optional(),
});

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
