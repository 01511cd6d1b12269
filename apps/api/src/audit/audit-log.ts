import type { AuditBounds, AuditStore, NewAuditRecord } from '@pilotlight/origin';
import { endsWithin, type Logger } from '@pilotlight/runtime';
import { RefusedAttempts } from './refused-attempts.ts';

export type AuditEntry = Omit<NewAuditRecord, 'at'>;

/** A token's first use on this process is recorded, then its first use in each of these intervals. */
const USE_EVERY_MS = 3_600_000;
const MAX_NAMES = 10_000;
const MAX_WAITING = 1_000;
const PER_APPEND = 200;
const RETRY_MS = 2_000;
/** The shutdown gives the audit log 1 s; the rest is for the line about lost records. */
const CLOSE_MS = 800;
const PRUNE_EVERY_MS = 600_000;

export interface AuditLogOptions {
  readonly store: AuditStore;
  readonly logger: Logger;
  readonly bounds: AuditBounds;
  /** Resolves when the tables exist. */
  readonly ready: () => Promise<void>;
}

/**
 * Records who did what. Each record is a log line first, which depends on no store, and then a row in the database. While the
 * database is unavailable the last 1,000 rows wait in memory, and requests continue: an operator must be able to invalidate then,
 * too. Rows beyond these are lost, which the log counts; their lines are not.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #waiting: NewAuditRecord[] = [];
  readonly #usedAt = new Map<string, number>();
  readonly #refused = new RefusedAttempts((entry) => this.record(entry));
  readonly #pruning: NodeJS.Timeout;
  #writing: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #lost = 0;
  #isClosing = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_EVERY_MS).unref();
  }

  record(entry: AuditEntry): void {
    const { action, token, address, status, path, input, count, request_id } = entry;
    const what = [action, path, input === null ? null : JSON.stringify(input)]
      .filter((part) => part !== null)
      .join(' ');
    const times = count === 1 ? '' : `, ${count} times`;
    const message = `audit: ${what} by ${token ?? 'no token'} from ${address}: ${status}${times}`;
    this.#options.logger.info({ audit: { action, token, address, status, path, input, count }, request_id }, message);
    this.#waiting.push({ ...entry, at: new Date().toISOString() });
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    this.#write();
  }

  /** Logs that an action begins: if the process ends in it, the log has it nevertheless. */
  begins({ action, token, address, path, request_id }: Omit<AuditEntry, 'status' | 'input' | 'count'>): void {
    const message = `audit: ${action} ${path ?? ''} by ${token ?? 'no token'} from ${address} begins`;
    this.#options.logger.info({ audit: { action, token, address, path }, request_id }, message);
  }

  /** Notes that a token was used. Cheap: it is called for each request. `addressOf` is called if the use is recorded. */
  used(token: string, addressOf: () => string): void {
    const now = Date.now();
    const last = this.#usedAt.get(token);
    if (last !== undefined && now < last + USE_EVERY_MS) return;
    if (this.#usedAt.size >= MAX_NAMES) this.#usedAt.clear();
    this.#usedAt.set(token, now);
    const nothing = { request_id: null, path: null, input: null };
    this.record({ action: 'useToken', token, address: addressOf(), status: 200, count: 1, ...nothing });
  }

  /** Notes a refused request. The first one of an address in a minute is recorded at once, the others with their number. */
  refused(attempt: Pick<AuditEntry, 'token' | 'address' | 'status'>): void {
    this.#refused.add(attempt);
  }

  /** Writes the waiting rows if the database is available, and logs how many are lost if it is not. */
  async close(): Promise<void> {
    clearInterval(this.#pruning);
    this.#refused.close();
    this.#isClosing = true;
    await endsWithin(CLOSE_MS, this.#flush());
    const lost = this.#lost + this.#waiting.length;
    if (lost > 0)
      this.#options.logger.error(
        `audit: ${lost} records are only in the log: the database was unavailable at the shutdown`,
      );
  }

  async #flush(): Promise<void> {
    await this.#writing;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    if (this.#waiting.length > 0) await this.#append();
  }

  #write(): void {
    if (this.#writing !== null || this.#retry !== null) return;
    this.#writing = this.#append().finally(() => {
      this.#writing = null;
      if (this.#waiting.length > 0 && this.#retry === null) this.#retryLater();
    });
  }

  async #append(): Promise<void> {
    const { ready, store, logger } = this.#options;
    try {
      await ready();
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, PER_APPEND);
        await store.append(batch);
        // Records that were lost meanwhile were the first of the batch.
        for (const record of batch) if (this.#waiting[0] === record) this.#waiting.shift();
      }
      if (this.#lost > 0)
        logger.error(`audit: ${this.#lost} records are only in the log: the database was unavailable`);
      this.#lost = 0;
    } catch (error) {
      const then = this.#isClosing ? 'could not be written before the shutdown' : 'wait for the database';
      logger.warn({ err: error }, `audit: ${this.#waiting.length} records ${then}`);
    }
  }

  #retryLater(): void {
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#write();
    }, RETRY_MS).unref();
  }

  async #prune(): Promise<void> {
    const { ready, store, bounds, logger } = this.#options;
    try {
      await ready();
      while ((await store.prune(bounds)) > 0);
    } catch (error) {
      logger.warn({ err: error }, 'audit: old records could not be removed; the next try is in 10 minutes');
    }
  }
}
