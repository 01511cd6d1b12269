import type { Client } from '@elastic/elasticsearch';
import { IngestSuperseded } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import { asking } from './as-origin-error.ts';
import { type BulkOperation, sendBulk } from './bulk-requests.ts';
import { idOf, toDocument } from './document.ts';
import type { WriteTargets } from './write-targets.ts';

/** A request of this size keeps the server busy; two of them are in memory at a time. */
const REQUEST_BYTES = 4 * 1024 * 1024;

export interface RecordWriterOptions {
  client: Client;
  targets: WriteTargets;
  fileId: string;
  attempt: number;
  /** Rejects with `IngestSuperseded` if the attempt is not the current one. */
  assertCurrent: () => Promise<void>;
}

/**
 * Writes the records of one ingest attempt in bulk requests. One request is on its way while the next one is filled, so
 * memory is bounded and a slow server slows the reader. Each document has the number of the attempt as its version:
 * the server refuses to replace a line of a later attempt.
 */
export class RecordWriter {
  readonly #options: RecordWriterOptions;
  #operations: BulkOperation[] = [];
  #bytes = 0;
  #sending: Promise<void> = Promise.resolve();
  #written = 0;
  #writtenBytes = 0;

  constructor(options: RecordWriterOptions) {
    this.#options = options;
  }

  /** Number of records passed to `write`. */
  get written(): number {
    return this.#written;
  }

  /** Bytes of their documents. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  async write(records: readonly LogRecord[]): Promise<void> {
    const { targets, fileId, attempt } = this.#options;
    for (const record of records) {
      const id = idOf(fileId, record.line);
      const _index = await asking(() => targets.indexOf(record.timestamp));
      const action = JSON.stringify({ index: { _index, _id: id, version: attempt, version_type: 'external_gte' } });
      const document = toDocument(fileId, attempt, record);
      this.#operations.push({ id, lines: [action, document] });
      this.#bytes += action.length + document.length;
      this.#writtenBytes += Buffer.byteLength(document);
      if (this.#bytes >= REQUEST_BYTES) await this.#send();
    }
    this.#written += records.length;
  }

  /** Sends the rest. When it resolves, the server has every record. */
  async end(): Promise<void> {
    if (this.#operations.length > 0) await this.#send();
    await this.#sending;
  }

  /** Waits for the request on its way, whatever its result is: nothing is written after this. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#sending]);
  }

  async #send(): Promise<void> {
    await this.#sending;
    const operations = this.#operations;
    this.#operations = [];
    this.#bytes = 0;
    this.#sending = this.#sendNow(operations);
    // The error is thrown by the next call that awaits `#sending`.
    this.#sending.catch(() => undefined);
  }

  async #sendNow(operations: readonly BulkOperation[]): Promise<void> {
    const { client, fileId, attempt, assertCurrent } = this.#options;
    await assertCurrent();
    const { hasConflict } = await sendBulk(client, operations);
    if (hasConflict) throw new IngestSuperseded(fileId, attempt);
  }
}
