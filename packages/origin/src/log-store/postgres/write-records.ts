import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { escapeLiteral } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { IngestSuperseded, OriginUnavailable } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import type { Connections } from '../../postgres/connections.ts';
import { breaksConnection, codeOf } from '../../postgres/unavailable.ts';
import { COPY_RECORDS, RecordEncoder } from './encode-records.ts';

/** Raised by `assert_current_attempt`. */
const NOT_CURRENT = 'PL001';

/** Lines of a file, both ends included. */
export interface LineRange {
  from: number;
  to: number;
}

/** Writes the batches of one ingest attempt, each in a transaction of its own that commits only while it is current. */
export class RecordWriter {
  readonly #connections: Connections;
  readonly #fileId: string;
  readonly #attempt: number;
  readonly #encoder: RecordEncoder;

  constructor(connections: Connections, fileId: string, attempt: number) {
    this.#connections = connections;
    this.#fileId = fileId;
    this.#attempt = attempt;
    this.#encoder = new RecordEncoder(fileId);
  }

  /** Removes what an earlier attempt left in a stretch of lines. */
  async remove({ from, to }: LineRange): Promise<void> {
    // Several statements in one message are one transaction.
    await this.#run(async (client) => {
      await client.query(
        `${this.#assertCurrent()}; DELETE FROM log_lines
         WHERE file_id = ${escapeLiteral(this.#fileId)} AND line BETWEEN ${Number(from)} AND ${Number(to)}`,
      );
    });
  }

  async write(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#run(async (client) => {
      try {
        await this.#begin(client);
        await this.#copy(client, records);
        // One message, so that a process that is paused never holds the lock on the file's row.
        await client.query(`${this.#assertCurrent()}; COMMIT`);
      } catch (error) {
        if (!breaksConnection(error)) await client.query('ROLLBACK');
        throw error;
      }
    });
  }

  async #run(work: (client: PoolClient) => Promise<void>): Promise<void> {
    try {
      await this.#connections.using(work);
    } catch (error) {
      throw await this.#explained(error);
    }
  }

  #assertCurrent(): string {
    return `SELECT assert_current_attempt(${escapeLiteral(this.#fileId)}, ${Number(this.#attempt)})`;
  }

  /** One round trip. The name lets a later attempt find, and end, the session of this one. */
  async #begin(client: PoolClient): Promise<void> {
    // Its COMMIT need not reach the disk: that of the file's row, which makes it count, takes this one with it.
    await client.query(
      `BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL application_name = ${escapeLiteral(ingestSession(this.#fileId))}`,
    );
    const { rowCount } = await client.query(
      `SELECT 1 FROM files WHERE id = $1 AND ingest_attempt = $2 AND status = 'indexing'`,
      [this.#fileId, this.#attempt],
    );
    if (rowCount === 0) throw new IngestSuperseded(this.#fileId, this.#attempt);
  }

  async #copy(client: PoolClient, records: readonly LogRecord[]): Promise<void> {
    const stream = client.query(copyFrom(COPY_RECORDS));
    const done = finished(stream);
    // Heard below; until then it must not count as unhandled.
    done.catch(() => undefined);
    for (const piece of this.#encoder.encode(records)) {
      if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), done]);
    }
    stream.end();
    await done;
  }

  /** A later attempt ends the sessions of this one, which looks like a lost connection from here. */
  async #explained(error: unknown): Promise<unknown> {
    if (codeOf(error) === NOT_CURRENT) return new IngestSuperseded(this.#fileId, this.#attempt, { cause: error });
    const isSuspect = error instanceof OriginUnavailable || codeOf(error) === '23505';
    if (!isSuspect) return error;
    try {
      const rows = await this.#connections.query(
        `SELECT 1 FROM files WHERE id = $1 AND ingest_attempt = $2 AND status = 'indexing'`,
        [this.#fileId, this.#attempt],
      );
      return rows.length > 0 ? error : new IngestSuperseded(this.#fileId, this.#attempt, { cause: error });
    } catch {
      return error;
    }
  }
}

/** The `application_name` of sessions that write the records of a file. */
export function ingestSession(fileId: string): string {
  return `pilotlight ingest ${fileId}`;
}
