import { createHash, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Origin, UploadTooLarge } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import type { LineCounts } from '../ingest/line-metrics.ts';

export interface MessageBufferOptions {
  readonly streams: Pick<Origin['streams'], 'begin'>;
  readonly logger: Logger;
  readonly counts: Pick<LineCounts, 'received' | 'stored' | 'dropped' | 'refused'>;
  /** Resolves once the tables of the database are current. */
  readonly ready: () => Promise<void>;
  /** The maximum of bytes that wait for the database. Defaults to 4 MiB. */
  readonly maxBytes?: number;
  /** How long messages are gathered, in ms. Defaults to 200. */
  readonly gatherMs?: number;
}

const STREAM = 'syslog';
const MAX_BYTES = 4 * 1024 ** 2;
const MAX_BATCH_BYTES = 512 * 1024;
/** What a connection reads at once. */
const PART_BYTES = 64 * 1024;
const GATHER_MS = 200;
const RETRY_MS = 1_000;

/** Gathers messages and appends them to the stream `syslog`. While the database is away they wait, up to a bound. */
export class MessageBuffer {
  readonly #options: MessageBufferOptions;
  readonly #maxBytes: number;
  #lines: string[] = [];
  #bytes = 0;
  /** The bytes of the batch that is being appended. */
  #sendingBytes = 0;
  #running: Promise<void> | null = null;
  #isClosing = false;
  #isFailing = false;
  readonly #drained = new Set<() => void>();

  constructor(options: MessageBufferOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
  }

  get isFull(): boolean {
    return this.#bytes + this.#sendingBytes >= this.#maxBytes;
  }

  /** Returns false if `line` was dropped, because a bounded sender has filled the buffer or the process ends. */
  add(line: string, { isBounded }: { isBounded: boolean }): boolean {
    if ((isBounded && this.isFull) || this.#isClosing) return false;
    this.#options.counts.received('syslog', 1);
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#running ??= this.#run();
    return true;
  }

  /** Calls `listener` once there is space for another part of its connection. Returns a function that forgets the listener. */
  onceDrained(listener: () => void): () => void {
    this.#drained.add(listener);
    return () => this.#drained.delete(listener);
  }

  /** Appends what waits, with one try for each batch. Later messages are dropped. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    if (!this.#isClosing) await sleep(this.#options.gatherMs ?? GATHER_MS);
    while (this.#lines.length > 0 || this.#drained.size > 0) {
      if (this.#lines.length > 0) await this.#append(this.#takeBatch());
      this.#sendingBytes = 0;
      this.#resume();
      // The connections that read again add what they have.
      await nextTurn();
    }
    this.#running = null;
  }

  /** Calls as many listeners as there is space for, those that wait for longest first. */
  #resume(): void {
    let space = this.#maxBytes - this.#bytes;
    for (const listener of this.#drained) {
      if (space <= 0) return;
      space -= PART_BYTES;
      this.#drained.delete(listener);
      listener();
    }
  }

  #takeBatch(): readonly string[] {
    let bytes = 0;
    let count = 0;
    for (const line of this.#lines) {
      bytes += Buffer.byteLength(line) + 1;
      count += 1;
      if (bytes >= MAX_BATCH_BYTES) break;
    }
    this.#bytes -= bytes;
    this.#sendingBytes = bytes;
    return this.#lines.splice(0, count);
  }

  /** Tries until it succeeds, and splits a batch of more than `UPLOAD_MAX_BYTES`. The key makes a try harmless whose answer was lost. */
  async #append(batch: readonly string[]): Promise<void> {
    const { logger, counts } = this.#options;
    const bytes = Buffer.from(`${batch.join('\n')}\n`);
    const key = { key: `syslog-${randomUUID()}`, fingerprint: createHash('sha256').update(bytes).digest() };
    for (;;) {
      try {
        await this.#tryToAppend(bytes, batch.length, key);
        counts.stored('syslog', batch.length);
        if (this.#isFailing) logger.info('syslog messages are stored again');
        this.#isFailing = false;
        return;
      } catch (error) {
        if (error instanceof UploadTooLarge) return await this.#split(batch, error);
        counts.refused('syslog', error);
        if (!this.#isFailing) logger.warn({ err: error }, 'syslog messages cannot be stored: they wait');
        this.#isFailing = true;
        if (this.#isClosing) {
          counts.dropped('syslog', 'end of process', batch.length);
          return void logger.error(`dropped ${batch.length} syslog messages at the end of the process`);
        }
        await sleep(RETRY_MS);
      }
    }
  }

  async #split(batch: readonly string[], error: UploadTooLarge): Promise<void> {
    const { logger, counts } = this.#options;
    if (batch.length === 1) {
      counts.dropped('syslog', 'too large', 1);
      return void logger.error({ err: error }, 'dropped a syslog message');
    }
    const half = Math.ceil(batch.length / 2);
    await this.#append(batch.slice(0, half));
    await this.#append(batch.slice(half));
  }

  async #tryToAppend(bytes: Buffer, lines: number, key: { key: string; fingerprint: Buffer }): Promise<void> {
    await this.#options.ready();
    const append = await this.#options.streams.begin(STREAM);
    try {
      await append.write(bytes);
      await append.commit({ lines, key });
    } catch (error) {
      await append.abort();
      throw error;
    }
  }
}
