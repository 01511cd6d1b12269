import { escapeLiteral, type PoolClient } from 'pg';
import { IngestSuperseded, OriginUnavailable } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import { type Connections, withShortTimeout } from '../../postgres/connections.ts';
import { CopyTransaction } from '../../postgres/copy-transaction.ts';
import { codeOf } from '../../postgres/unavailable.ts';
import { COPY_RECORDS, RecordEncoder } from './encode-records.ts';
import { WordCounter } from './roll-up/common-words.ts';
import { FileRollUp } from './roll-up/file-roll-up.ts';
import { removeRollUp, storeRollUp } from './roll-up/store-roll-up.ts';
import { storeWordsVersion } from './words-version.ts';

/** SQLSTATE that `assert_current_attempt` raises. */
const NOT_CURRENT = 'PL001';
const UNIQUE_VIOLATION = '23505';

/**
 * A transaction commits after this number of bytes or this time: large enough to make COMMITs rare, small enough to
 * lose little.
 */
const TRANSACTION_BYTES = 16 * 1024 * 1024;
const TRANSACTION_MS = 5_000;

/** A range of lines of a file, both ends included. */
export interface LineRange {
  from: number;
  to: number;
}

/** Writes the records of one ingest attempt, in transactions that commit only while the attempt is the current one. */
export class RecordWriter {
  readonly #connections: Connections;
  readonly #fileId: string;
  readonly #attempt: number;
  readonly #encoder: RecordEncoder;
  readonly #rollUp = new FileRollUp();
  readonly #words = new WordCounter();
  #copy: CopyTransaction | null = null;
  #sentBytes = 0;

  constructor(connections: Connections, fileId: string, attempt: number) {
    this.#connections = connections;
    this.#fileId = fileId;
    this.#attempt = attempt;
    this.#encoder = new RecordEncoder(fileId, this.#words);
  }

  /** Bytes of the committed rows. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Removes the records of earlier attempts in a range of lines. */
  async remove({ from, to }: LineRange): Promise<void> {
    // Several statements in one message form one transaction.
    const statements = `${this.#assertCurrent()}; DELETE FROM log_lines
      WHERE file_id = ${escapeLiteral(this.#fileId)} AND line BETWEEN ${Number(from)} AND ${Number(to)}`;
    await this.#explaining(() => this.#connections.using((client) => client.query(statements)));
  }

  async write(records: readonly LogRecord[]): Promise<void> {
    await this.#explaining(async () => {
      this.#copy ??= await this.#begin();
      for (const piece of this.#encoder.add(records)) await this.#copy.write(piece);
    });
    this.#rollUp.add(records);
    const isFull = this.#copy !== null && (this.#copy.bytes >= TRANSACTION_BYTES || this.#copy.ageMs >= TRANSACTION_MS);
    if (isFull) await this.commit();
  }

  /** Commits; when it resolves, all written records are in the store. */
  async commit(): Promise<void> {
    const copy = this.#copy;
    if (copy === null) return;
    this.#copy = null;
    await this.#explaining(async () => {
      await copy.write(this.#encoder.end());
      // One message, so that a paused process never holds the lock on the file's row.
      await copy.commit(`${this.#assertCurrent()}; COMMIT`);
      this.#sentBytes += copy.bytes;
    });
  }

  /** Commits, then stores the counts of all written records, and the version of their words, instead of those of earlier attempts. */
  async end(): Promise<void> {
    await this.commit();
    const store = async (client: PoolClient): Promise<void> => {
      await client.query(removeRollUp(escapeLiteral(this.#fileId)));
      await storeRollUp(client, this.#fileId, this.#rollUp);
      await this.#words.store(client, this.#fileId);
      await storeWordsVersion(client, this.#fileId, this.#attempt);
    };
    await this.#explaining(() =>
      this.#connections.transaction(store, { begin: this.#beginning(), commit: `${this.#assertCurrent()}; COMMIT` }),
    );
  }

  /** Rolls back all uncommitted work. */
  async abort(): Promise<void> {
    await this.#copy?.abort();
    this.#copy = null;
  }

  async #begin(): Promise<CopyTransaction> {
    this.#encoder.begin();
    const prepare = async (client: PoolClient): Promise<void> => {
      await client.query(withShortTimeout(this.#beginning()));
      const { rowCount } = await client.query(IS_CURRENT, [this.#fileId, this.#attempt]);
      if (rowCount === 0) throw new IngestSuperseded(this.#fileId, this.#attempt);
    };
    return await CopyTransaction.begin(this.#connections, prepare, COPY_RECORDS);
  }

  /**
   * The COMMIT need not reach the disk: the COMMIT of the file's row, which makes the records visible, flushes this one
   * too. The session name lets a later attempt find and end the session of this one.
   */
  #beginning(): string {
    return `BEGIN; SET LOCAL synchronous_commit = off;
      SET LOCAL application_name = ${escapeLiteral(ingestSession(this.#fileId, this.#attempt))}`;
  }

  #assertCurrent(): string {
    return `SELECT assert_current_attempt(${escapeLiteral(this.#fileId)}, ${Number(this.#attempt)})`;
  }

  async #explaining(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      throw await this.#explained(error);
    }
  }

  /** Explains an error: a later attempt ends the sessions of this one, which looks like a lost connection from here. */
  async #explained(error: unknown): Promise<unknown> {
    const superseded = new IngestSuperseded(this.#fileId, this.#attempt, { cause: error });
    if (codeOf(error) === NOT_CURRENT) return superseded;
    if (!(error instanceof OriginUnavailable) && codeOf(error) !== UNIQUE_VIOLATION) return error;
    try {
      const current = await this.#connections.query(IS_CURRENT, [this.#fileId, this.#attempt]);
      return current.length > 0 ? error : superseded;
    } catch {
      // The database cannot answer, so the first error is reported.
      return error;
    }
  }
}

const IS_CURRENT = `SELECT 1 FROM files WHERE id = $1 AND ingest_attempt = $2 AND status = 'indexing'`;

/**
 * Returns the `application_name` of a session that writes for an attempt. It has at most 63 bytes, because Postgres
 * truncates longer names.
 */
export function ingestSession(fileId: string, attempt: number): string {
  return `pilotlight ingest ${fileId} ${attempt}`;
}
