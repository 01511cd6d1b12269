import type {
  DomainEvent,
  FileFormat,
  FilesAnswer,
  FilesQuery,
  Invalidation,
  JobName,
  LogFile,
  LogFileDetail,
} from '@pilotlight/contracts';
import type { LogStore } from './log-store/port.ts';

/** The truth: files, their records, and the events of every change. It does not know that a cache exists. */
export interface Origin {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly logs: LogStore;
  readonly outbox: Outbox;
  /** Applies the migrations that are missing, once, however many processes call it at the same moment. */
  migrate(): Promise<void>;
  /** Answers once the database does; rejects with `OriginUnavailable` within 2 s otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  list(query: FilesQuery): Promise<FilesAnswer>;
  /** Null when there is no such file, or it was deleted. */
  get(id: string): Promise<LogFileDetail | null>;
  /**
   * Hides the file from every answer at once and leaves its event in the outbox, in one transaction; its lines go later
   * (`purge`). Null when there is no such file, or it was deleted before.
   */
  delete(id: string): Promise<DomainEvent | null>;
  /** Removes what a deleted file left behind: lines, chunks, then its row. Can be repeated, and resumed half-way. */
  purge(id: string, signal?: AbortSignal): Promise<void>;
}

export interface Uploads {
  /** Opens the transaction that holds chunks, row and event. Rejects with `OriginUnavailable` when none can be had. */
  begin(name: string): Promise<Upload>;
}

/** An upload under way: nothing of it is visible, and nothing is left of it, until `commit` has returned. */
export interface Upload {
  /** Resolves when more may be sent (back-pressure). */
  write(bytes: Buffer): Promise<void>;
  commit(): Promise<{ file: LogFile; event: DomainEvent }>;
  abort(): Promise<void>;
}

export interface Outbox {
  /**
   * Hands up to `limit` events over that nobody has handed over yet, or whose jobs have not finished `retryAfterMs` after
   * they were. Each event goes to one caller at a time; it is marked once `handOver` has resolved. Answers how many.
   */
  relay(
    options: { limit: number; retryAfterMs: number },
    handOver: (events: DomainEvent[]) => Promise<void>,
  ): Promise<number>;
  /** Notes that a job of the event has finished. Can be repeated. */
  settle(eventId: string, job: JobName): Promise<void>;
  /** Notes where the event's invalidation stands in the log. Can be repeated; the first position stays. */
  markApplied(eventId: string, position: number): Promise<void>;
  /** Where the event's invalidation stands. */
  invalidation(eventId: string): Promise<Invalidation>;
  /** Calls back when there may be new events (LISTEN), and after a lost connection is back; a hint, not a promise. */
  onNews(listener: () => void): Promise<{ close(): Promise<void> }>;
  /** Removes settled events older than `olderThanMs`; answers how many. */
  prune(olderThanMs: number): Promise<number>;
}

/** What an ingest came to. */
export interface IngestResult {
  format: FileFormat;
  lines: number;
  errors: number;
  unparsed: number;
  truncated: number;
}
