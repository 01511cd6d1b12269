import { Unreachable } from '../model/errors.ts';
import { CommandTimedOut, MAX_TIMEOUT_FACTOR } from './deadlines.ts';
import type { EntrySizes } from './entry-sizes.ts';
import { type MasterReply, mgetByMaster } from './mget-by-master.ts';
import type { RedisClient } from './open-redis.ts';
import type { ServerGuard } from './server-guard.ts';

/** A reader of a key. */
export interface Asker {
  resolve(found: Buffer | null): void;
  reject(error: Error): void;
}

/** A key to read, and its readers. */
export interface AskedKey {
  readonly key: string;
  readonly askers: Asker[];
  /** When it was given to its queue, as `performance.now()`. */
  since: number;
}

export interface GetQueueOptions {
  readonly client: RedisClient;
  readonly guard: ServerGuard;
  readonly commandTimeoutMs: number;
  readonly expected: EntrySizes;
  /** Called with the number of reads that the server did not answer in time. */
  readonly onTimedOut: (reads: number) => void;
}

/** The maximum number of keys in one command: while it runs, the server answers no other client. */
export const MAX_KEYS = 250;
/** The maximum bytes of one command's answer, as estimated. */
const MAX_BYTES = 1_048_576;
/** The maximum bytes in flight: a server builds the answers to all received commands before it sends the first byte. */
const MAX_BYTES_UNDER_WAY = 2 * MAX_BYTES;
/** A command that timed out may have been too large: its entries count as at least this large. */
const MIN_BYTES_AFTER_TIMEOUT = MAX_BYTES / 16;

/** The reads of one master: as few commands as possible, each of bounded size, with a bounded number of bytes in flight. */
export class GetQueue {
  readonly #options: GetQueueOptions;
  #waiting: AskedKey[] = [];
  #bytesUnderWay = 0;

  constructor(options: GetQueueOptions) {
    this.#options = options;
  }

  /** Whether no command is in flight. */
  get isIdle(): boolean {
    return this.#bytesUnderWay === 0;
  }

  ask(keys: readonly AskedKey[]): void {
    const since = performance.now();
    for (const asked of keys) asked.since = since;
    this.#waiting = this.#waiting.length === 0 ? [...keys] : [...this.#waiting, ...keys];
    this.#sendNext();
  }

  #sendNext(): void {
    this.#rejectLate();
    for (let batch = this.#next(); batch; batch = this.#next()) {
      this.#bytesUnderWay += batch.bytes;
      void this.#get(batch.asked, batch.bytes);
    }
  }

  /** Returns the keys of the next command, or null if no key waits or the commands in flight have to end first. */
  #next(): { asked: AskedKey[]; bytes: number } | null {
    const { expected } = this.#options;
    let bytes = 0;
    let count = 0;
    for (const { key } of this.#waiting) {
      const more = bytes + expected.of(key);
      if (count === MAX_KEYS || (count > 0 && more > MAX_BYTES)) break;
      bytes = more;
      count++;
    }
    if (count === 0 || (this.#bytesUnderWay > 0 && this.#bytesUnderWay + bytes > MAX_BYTES_UNDER_WAY)) return null;
    return { asked: this.#waiting.splice(0, count), bytes };
  }

  /** Never rejects. */
  async #get(asked: readonly AskedKey[], bytes: number): Promise<void> {
    const { client, guard } = this.#options;
    const replies = mgetByMaster(client, guard, asked);
    await Promise.all(replies.map((reply) => this.#settle(reply)));
    this.#bytesUnderWay -= bytes;
    this.#sendNext();
  }

  async #settle({ asked, answer }: MasterReply<AskedKey>): Promise<void> {
    const { expected } = this.#options;
    try {
      const bytes = await answer;
      for (let i = 0; i < asked.length; i++) {
        const { key, askers } = asked[i] as AskedKey;
        const found = bytes[i] ?? null;
        const isAnswer = !(found instanceof Unreachable);
        if (isAnswer) expected.note(key, found?.length ?? 0);
        for (const asker of askers)
          if (isAnswer) asker.resolve(found);
          else asker.reject(found);
      }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!(error instanceof CommandTimedOut)) return this.#reject(asked, error);
      for (const { key } of asked) expected.note(key, Math.max(expected.of(key), MIN_BYTES_AFTER_TIMEOUT));
      // The queued reads have waited for the same server.
      this.#rejectTimedOut([...asked, ...this.#waiting.splice(0)], error);
    }
  }

  /** Rejects reads that waited in the queue for as long as a command may take, as with a server that sends without end. */
  #rejectLate(): void {
    const { commandTimeoutMs, guard } = this.#options;
    const oldest = performance.now() - MAX_TIMEOUT_FACTOR * commandTimeoutMs;
    const inTime = this.#waiting.findIndex(({ since }) => since >= oldest);
    const late = this.#waiting.splice(0, inTime === -1 ? this.#waiting.length : inTime);
    if (late.length > 0) this.#rejectTimedOut(late, new CommandTimedOut(guard.what));
  }

  #rejectTimedOut(asked: readonly AskedKey[], error: CommandTimedOut): void {
    this.#options.onTimedOut(asked.reduce((sum, { askers }) => sum + askers.length, 0));
    this.#reject(asked, error);
  }

  #reject(asked: readonly AskedKey[], error: Error): void {
    for (const { askers } of asked) for (const asker of askers) asker.reject(error);
  }
}
