import type { DomainEvent, Extent, FileFormat, FileStatus } from '@pilotlight/contracts';
import { validate as isUuid } from 'uuid';
import { IngestSuperseded } from '../errors.ts';
import { ingestSession } from '../log-store/postgres/write-records.ts';
import { appendEvent } from './append-event.ts';
import type { Connections } from './connections.ts';

/** What a file's row says once its records are visible. */
export interface IndexedCounts {
  format: FileFormat;
  gzipped: boolean;
  lines: number;
  /** Records with a timestamp. */
  dated: number;
  errors: number;
  unparsed: number;
  truncated: number;
  yearInferred: boolean;
  firstTimestamp: string | null;
  lastTimestamp: string | null;
  extent: Extent;
}

type Ended = Exclude<FileStatus, 'received' | 'indexing'> | 'deleted';

/** The right to write a file's records and to end its ingest. A later attempt takes it away. */
export class IngestAttempt {
  readonly fileId: string;
  readonly number: number;
  readonly uploadedAt: Date;
  readonly #connections: Connections;

  private constructor(connections: Connections, fileId: string, row: { ingest_attempt: number; uploaded_at: Date }) {
    this.#connections = connections;
    this.fileId = fileId;
    this.number = row.ingest_attempt;
    this.uploadedAt = row.uploaded_at;
  }

  /** Fences off the attempt before, or answers how the file's ingest has ended. */
  static async begin(connections: Connections, fileId: string): Promise<IngestAttempt | Ended> {
    if (!isUuid(fileId)) return 'deleted';
    const [row] = await connections.small<{ ingest_attempt: number; uploaded_at: Date }>(
      `UPDATE files SET ingest_attempt = ingest_attempt + 1, status = 'indexing'
       WHERE id = $1 AND status IN ('received', 'indexing') RETURNING ingest_attempt, uploaded_at`,
      [fileId],
    );
    if (row !== undefined) {
      const attempt = new IngestAttempt(connections, fileId, row);
      await attempt.#endEarlierSessions();
      return attempt;
    }
    const [ended] = await connections.small<{ status: Ended }>('SELECT status FROM files WHERE id = $1', [fileId]);
    return ended?.status ?? 'deleted';
  }

  /** A writer that is paused in mid-transaction would hold up this attempt until the server gives up on it. */
  async #endEarlierSessions(): Promise<void> {
    // After the number was raised, so that a writer whose session ends finds out why.
    const sessions = Array.from({ length: this.number - 1 }, (_, before) => ingestSession(this.fileId, before + 1));
    if (sessions.length === 0) return;
    await this.#connections.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY($1)',
      [sessions],
    );
  }

  /** Makes the records visible, and leaves the event, in one transaction. */
  async succeed(counts: IndexedCounts): Promise<DomainEvent> {
    return await this.#end(
      'file.indexed',
      `status = 'indexed', indexed_at = date_trunc('milliseconds', clock_timestamp()), format = $3, gzipped = $4,
       line_count = $5, dated_count = $6, error_count = $7, unparsed_count = $8, truncated_count = $9,
       year_inferred = $10, first_timestamp = $11, last_timestamp = $12, extent = $13`,
      [
        counts.format,
        counts.gzipped,
        counts.lines,
        counts.dated,
        counts.errors,
        counts.unparsed,
        counts.truncated,
        counts.yearInferred,
        counts.firstTimestamp,
        counts.lastTimestamp,
        counts.extent,
      ],
      counts.extent,
    );
  }

  /** Ends the ingest without a record: what is in the store stays hidden, and may be removed. */
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
      return await appendEvent(client, type, this.fileId, extent);
    });
  }
}
