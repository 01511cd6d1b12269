import type { DomainEvent, Extent, FileStatus, ReadAs, TraceContext } from '@pilotlight/contracts';
import { validate as isUuid } from 'uuid';
import { IngestSuperseded } from '../errors.ts';
import type { IngestSummary } from '../ingest/index.ts';
import { ingestSession } from '../log-store/postgres/write-records.ts';
import type { UploadReading } from '../uploads.ts';
import { appendEvent } from './append-event.ts';
import type { Connections } from './connections.ts';

/** Values that the file's row gets when its records become visible. */
export interface IndexedCounts extends IngestSummary {
  /** Number of records with a timestamp. */
  dated: number;
  extent: Extent;
  /** Bytes of the records, as the log store received them. */
  storedBytes: number;
}

type Ended = Exclude<FileStatus, 'received' | 'indexing'> | 'deleted';

interface AttemptRow {
  ingest_attempt: number;
  uploaded_at: Date;
  read_as: Partial<ReadAs> | null;
  own_shape: string | null;
  of_stream: boolean;
}

/** The right to write a file's records and to end its ingest. A later attempt revokes it. */
export class IngestAttempt {
  readonly fileId: string;
  readonly number: number;
  readonly uploadedAt: Date;
  /** How the upload asked to read what the file leaves open. */
  readonly readAs: UploadReading;
  /** Whether the file holds the lines of a stream. */
  readonly isOfStream: boolean;
  readonly #connections: Connections;
  /** The trace of the ingest; undefined if it is that of the caller. */
  readonly #trace: TraceContext | null | undefined;

  private constructor(
    connections: Connections,
    fileId: string,
    row: AttemptRow,
    trace: TraceContext | null | undefined,
  ) {
    this.#trace = trace;
    this.#connections = connections;
    this.fileId = fileId;
    this.number = row.ingest_attempt;
    this.uploadedAt = row.uploaded_at;
    this.readAs = { ...row.read_as, shape: row.own_shape };
    this.isOfStream = row.of_stream;
  }

  /** Fences off the previous attempt and returns the new one. If the file's ingest has ended, returns how. */
  static async begin(
    connections: Connections,
    fileId: string,
    trace?: TraceContext | null,
  ): Promise<IngestAttempt | Ended> {
    if (!isUuid(fileId)) return 'deleted';
    const [row] = await connections.queryOne<AttemptRow>(
      `UPDATE files SET ingest_attempt = ingest_attempt + 1, status = 'indexing'
       WHERE id = $1 AND status IN ('received', 'indexing')
       RETURNING ingest_attempt, uploaded_at, read_as, own_shape, of_stream`,
      [fileId],
    );
    if (row !== undefined) {
      const attempt = new IngestAttempt(connections, fileId, row, trace);
      await attempt.#endEarlierSessions();
      return attempt;
    }
    const [ended] = await connections.queryOne<{ status: Ended }>('SELECT status FROM files WHERE id = $1', [fileId]);
    return ended?.status ?? 'deleted';
  }

  /**
   * Ends the sessions of earlier attempts. A writer paused in mid-transaction would block this attempt until the server
   * ends its session.
   */
  async #endEarlierSessions(): Promise<void> {
    // Runs after the number was raised, so that a writer whose session ends can see why.
    const sessions = Array.from({ length: this.number - 1 }, (_, before) => ingestSession(this.fileId, before + 1));
    if (sessions.length === 0) return;
    await this.#connections.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY($1)',
      [sessions],
    );
  }

  /** Makes the records visible and writes the event, in one transaction. */
  async succeed(counts: IndexedCounts): Promise<DomainEvent> {
    const { time } = counts.extent;
    return await this.#end(
      'file.indexed',
      `status = 'indexed', indexed_at = date_trunc('milliseconds', clock_timestamp()), format = $3, gzipped = $4,
       line_count = $5, dated_count = $6, error_count = $7, unparsed_count = $8, truncated_count = $9,
       year_inferred = $10, first_timestamp = $11, last_timestamp = $12, extent = $13, stored_bytes = $14,
       record_count = $15, formats = $16, encoding = $17, packing = $18, dropped_nul_bytes = $19,
       skipped_members = $20, skipped_because = $21`,
      [
        counts.format,
        counts.gzipped,
        counts.lines,
        counts.dated,
        counts.errors,
        counts.unparsed,
        counts.truncated,
        counts.yearInferred,
        time && new Date(time.from),
        time && new Date(time.to - 1),
        counts.extent,
        counts.storedBytes,
        counts.records,
        JSON.stringify(counts.formats),
        counts.encoding,
        counts.packing,
        counts.droppedNulBytes,
        counts.skippedMembers,
        counts.skippedBecause?.replaceAll('\0', '\ufffd') ?? null,
      ],
      counts.extent,
    );
  }

  /** Ends the ingest without records: records in the store stay hidden and may be removed. */
  async fail(reason: string): Promise<DomainEvent> {
    return await this.#end('file.failed', `status = 'failed', error = $3`, [reason.replaceAll('\0', '\ufffd')]);
  }

  async #end(
    type: 'file.indexed' | 'file.failed',
    change: string,
    values: readonly unknown[],
    extent?: Extent,
  ): Promise<DomainEvent> {
    return await this.#connections.transaction(async (client) => {
      const { rowCount } = await client.query(
        `UPDATE files SET ${change} WHERE id = $1 AND ingest_attempt = $2 AND status = 'indexing'`,
        [this.fileId, this.number, ...values],
      );
      if (rowCount === 0) throw new IngestSuperseded(this.fileId, this.number);
      await client.query('DELETE FROM ingest_progress WHERE file_id = $1', [this.fileId]);
      return await appendEvent(client, type, this.fileId, extent, this.#trace);
    });
  }
}
