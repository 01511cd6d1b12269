import { statfs } from 'node:fs/promises';
import type { LogStoreServer } from '../log-store/port.ts';
import type { Storage, StorageProblem } from '../storage.ts';
import type { Connections } from './connections.ts';

export interface StorageLimits {
  /** Maximum size of the database in bytes, with its indexes and free pages. Null means no limit. */
  databaseMaxBytes: number | null;
  /** A directory on the disk of the database, if that is a disk of this machine. With null, no disk is measured. */
  directory: string | null;
  /** Bytes that must stay free on that disk. */
  minFreeBytes: number;
  /** How long measurements are remembered, in ms. Defaults to 5 s. */
  rememberMs?: number;
}

interface Measured {
  databaseBytes: number;
  freeBytes: number;
  /** Why the log store takes no records; null if it does. */
  logStore: string | null;
}

const REMEMBER_MS = 5_000;

/** Compares the sizes of the database, the disk and the log store with their limits. */
export class PostgresStorage implements Storage {
  readonly #reads: Connections;
  readonly #limits: StorageLimits;
  readonly #server: LogStoreServer | undefined;
  #last: { at: number; measuring: Promise<Measured> } | null = null;

  constructor(reads: Connections, limits: StorageLimits, server: LogStoreServer | undefined) {
    this.#reads = reads;
    this.#limits = limits;
    this.#server = server;
  }

  async problem(bytes: number): Promise<StorageProblem | null> {
    const { databaseMaxBytes: max, minFreeBytes, directory } = this.#limits;
    const { databaseBytes, freeBytes, logStore } = await this.#measured();
    if (max !== null && databaseBytes + bytes > max) {
      const reason = `the database has ${databaseBytes} bytes; expected at most ${max} with ${bytes} more: delete files and run VACUUM FULL, or raise DATABASE_MAX_BYTES`;
      return { where: 'database', reason };
    }
    if (freeBytes - bytes < minFreeBytes) {
      const reason = `the disk of ${directory} has ${freeBytes} free bytes; expected at least ${minFreeBytes} after ${bytes} more: free space there, or lower DATABASE_MIN_FREE_BYTES`;
      return { where: 'disk', reason };
    }
    return logStore === null ? null : { where: 'log store', reason: logStore };
  }

  /** All callers share one measurement. A failed one is not remembered. */
  async #measured(): Promise<Measured> {
    const now = performance.now();
    if (this.#last === null || now - this.#last.at >= (this.#limits.rememberMs ?? REMEMBER_MS)) {
      this.#last = { at: now, measuring: this.#measure() };
    }
    const { measuring } = this.#last;
    try {
      return await measuring;
    } catch (error) {
      if (this.#last?.measuring === measuring) this.#last = null;
      throw error;
    }
  }

  async #measure(): Promise<Measured> {
    const [databaseBytes, freeBytes, logStore] = await Promise.all([
      this.#databaseBytes(),
      this.#freeBytes(),
      this.#server?.refusal() ?? null,
    ]);
    return { databaseBytes, freeBytes, logStore };
  }

  async #databaseBytes(): Promise<number> {
    if (this.#limits.databaseMaxBytes === null) return 0;
    const [row] = await this.#reads.queryOne<{ bytes: number }>('SELECT pg_database_size(current_database()) AS bytes');
    return row?.bytes ?? 0;
  }

  async #freeBytes(): Promise<number> {
    const { directory } = this.#limits;
    if (directory === null) return Number.POSITIVE_INFINITY;
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  }
}
