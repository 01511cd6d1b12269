import { RecordsRejected } from './errors.ts';
import { type FileLimits, type RecordReader, readRecords, UnreadableFile } from './ingest/index.ts';
import type { Shape } from './ingest/shapes/shape.ts';
import { lastLine } from './last-line.ts';
import type { LogRecord } from './log-record.ts';
import type { LogStore } from './log-store/port.ts';
import type { IngestOptions, IngestResult } from './origin.ts';
import type { Connections } from './postgres/connections.ts';
import { IngestAttempt } from './postgres/ingest-attempt.ts';
import { ProgressNotes } from './postgres/progress.ts';
import { readChunks } from './postgres/read-chunks.ts';
import { removeContents } from './postgres/remove-contents.ts';
import { RecordExtent } from './record-extent.ts';
import type { UploadReading } from './uploads.ts';

/** A record takes up to 64 KiB, and a whole batch is in memory at once. */
const BATCH_RECORDS = 500;

interface IngestParts {
  readonly reads: Connections;
  readonly work: Connections;
  readonly logs: LogStore;
  readonly limits: FileLimits;
  /** Text formats of users. Defaults to none. */
  readonly shapes?: readonly Shape[];
}

/** Reads an uploaded file into the log store. Implements `Origin.ingest`. */
export async function ingestStoredFile(
  { reads, work, logs, limits, shapes = [] }: IngestParts,
  fileId: string,
  options: IngestOptions,
): Promise<IngestResult> {
  const attempt = await IngestAttempt.begin(work, fileId, options.trace);
  if (!(attempt instanceof IngestAttempt)) {
    // The process that failed the file may have died before it removed the contents.
    if (attempt === 'failed') await removeContents({ work, logs }, fileId, options.signal);
    return { outcome: 'skipped', because: attempt };
  }
  const { signal, onProgress } = options;
  // Reads from a separate pool: if all connections of the writing pool were held by writers, they would wait forever
  // for a chunk to write.
  const reader = readRecords(() => readChunks(reads, fileId), {
    uploadedAt: attempt.uploadedAt,
    ...readOptionsOf(attempt.readAs),
    isOfStream: attempt.isOfStream,
    batchRecords: BATCH_RECORDS,
    limits,
    shapes,
    ...(signal && { signal }),
  });
  const seen = new RecordExtent();
  let storedBytes: number;
  try {
    storedBytes = await logs.write(
      fileId,
      attempt.number,
      watched(reader, seen, { notes: new ProgressNotes(work, attempt), onProgress }),
    );
  } catch (error) {
    if (!(error instanceof UnreadableFile || error instanceof RecordsRejected)) throw error;
    const event = await attempt.fail(error.message);
    await removeContents({ work, logs }, fileId, signal);
    return { outcome: 'failed', event, error: error.message };
  }
  const { summary } = reader;
  const event = await attempt.succeed({ ...summary, storedBytes, dated: seen.dated, extent: seen.extent });
  const { format, lines, records, errors, unparsed, truncated } = summary;
  return { outcome: 'indexed', event, format, lines, records, errors, unparsed, truncated };
}

function readOptionsOf({ timezone, date_order, format, shape }: UploadReading) {
  const isOwn = typeof shape === 'string';
  return {
    timezone: timezone ?? undefined,
    dateOrder: date_order ?? undefined,
    ...(isOwn ? { shape } : { format: format ?? undefined }),
  };
}

async function* watched(
  reader: RecordReader,
  seen: RecordExtent,
  { notes, onProgress }: { notes: ProgressNotes; onProgress: IngestOptions['onProgress'] },
): AsyncGenerator<readonly LogRecord[]> {
  let lines = 0;
  for await (const records of reader) {
    lines = lastLine(lines, records);
    yield records;
    seen.add(records);
    const progress = { lines, bytes: reader.readBytes };
    onProgress?.(progress);
    await notes.note(progress);
  }
}
