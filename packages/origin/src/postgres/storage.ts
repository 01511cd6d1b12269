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

/** A part that could not be measured has the value without a problem. */
interface Measured {
  databaseBytes: number;
  freeBytes: number;
  /** Why the log store takes no records; null if it does. */
  logStore: string | null;
  /** Why parts could not be measured. */
  failures: readonly unknown[];
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
    const measured = await this.#measured();
    const problem = this.#problemOf(measured, bytes);
    if (problem === null && measured.failures.length > 0) throw measured.failures[0];
    return problem;
  }

  #problemOf({ databaseBytes, freeBytes, logStore }: Measured, bytes: number): StorageProblem | null {
    const { databaseMaxBytes: max, minFreeBytes, directory } = this.#limits;
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

  /** All callers share one measurement. One with a failure is not remembered. */
  async #measured(): Promise<Measured> {
    const now = performance.now();
    if (this.#last === null || now - this.#last.at >= (this.#limits.rememberMs ?? REMEMBER_MS)) {
      this.#last = { at: now, measuring: this.#measure() };
    }
    const { measuring } = this.#last;
    const measured = await measuring;
    if (measured.failures.length > 0 && this.#last?.measuring === measuring) this.#last = null;
    return measured;
  }

  /** One part that fails must not hide the others: uploads wait in the database while the log store is down. */
  async #measure(): Promise<Measured> {
    const failures: unknown[] = [];
    const or = async <T>(work: Promise<T>, unknown: T): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        failures.push(error);
        return unknown;
      }
    };
    const [databaseBytes, freeBytes, logStore] = await Promise.all([
      or(this.#databaseBytes(), 0),
      or(this.#freeBytes(), Number.POSITIVE_INFINITY),
      or(this.#server?.refusal() ?? Promise.resolve(null), null),
    ]);
    return { databaseBytes, freeBytes, logStore, failures };
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
