import type {
  DomainEvent,
  FileFormat,
  FileStatus,
  FilesAnswer,
  FilesQuery,
  Invalidation,
  JobName,
  LogFile,
  LogFileDetail,
} from '@pilotlight/contracts';
import type { LogStore } from './log-store/port.ts';

/**
 * The truth: files, their records, and the events of every change. It does not know that a cache exists.
 *
 * Every method may reject with `OriginUnavailable`: the database cannot answer now.
 */
export interface Origin {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly logs: LogStore;
  readonly outbox: Outbox;
  /**
   * Reads an uploaded file into the log store and leaves `file.indexed` or `file.failed` in the outbox. Can be repeated:
   * each call is a new attempt that starts over and fences off the one before, which rejects with `IngestSuperseded`. A
   * file whose ingest has ended, or that was deleted, is left as it is (`skipped`).
   */
  ingest(fileId: string, options?: IngestOptions): Promise<IngestResult>;
  /** Applies the migrations that are missing, once, however many processes call it at the same moment. */
  migrate(): Promise<void>;
  /** Answers once the database does; rejects with `OriginUnavailable` within 2 s otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  /** Rejects with `BadCursor`, and with the reason of `signal` once that is aborted: the database then stops working on it. */
  list(query: FilesQuery, signal?: AbortSignal): Promise<FilesAnswer>;
  /** Null when there is no such file, or it was deleted. */
  get(id: string): Promise<LogFileDetail | null>;
  /**
   * Hides the file from every answer at once and leaves its event in the outbox, in one transaction; its lines go later
   * (`purge`). Null when there is no such file, or it was deleted before.
   */
  delete(id: string): Promise<DomainEvent | null>;
  /** Removes what a deleted file left behind: lines, chunks, then its row. Can be repeated, and resumed half-way. */
  purge(id: string, signal?: AbortSignal): Promise<void>;
  /**
   * Removes the uploaded bytes of every file whose ingest has ended and that was uploaded `olderThanMs` ago or earlier.
   * Returns the number of files. Can be repeated, and resumed half-way.
   */
  freeChunks(olderThanMs: number, signal?: AbortSignal): Promise<number>;
  /**
   * Gives up on a file whose ingest cannot be brought to an end: it becomes `failed` for the reason given, and its event
   * is left in the outbox. Null when its ingest has ended, or it was deleted.
   */
  fail(id: string, reason: string): Promise<DomainEvent | null>;
}

export interface Uploads {
  /** Asks the database for nothing. Rejects with `OriginBusy` when as many uploads as there may be are under way. */
  begin(name: string): Promise<Upload>;
  /**
   * Removes what uploads left behind whose process died: those that got no bytes for `idleMs`, by the database's clock.
   * One that is under way after all then ends with `OriginUnavailable`. Returns how many were removed.
   */
  sweep(idleMs: number, signal?: AbortSignal): Promise<number>;
}

/**
 * An upload under way. Its chunks are stored as they come, but no reader sees any of it before `commit`, which makes the
 * whole file and its event visible at once. A call that rejects has ended it and removed the chunks, or has left them to
 * `sweep` if the database is away.
 */
export interface Upload {
  /** Resolves when more may be sent (back-pressure). Rejects with `UploadTooLarge`. */
  write(bytes: Buffer): Promise<void>;
  /** One transaction. Rejects with `EmptyUpload`. */
  commit(): Promise<{ file: LogFile; event: DomainEvent }>;
  /** Can be called at any time, and more than once. */
  abort(): Promise<void>;
}

/** An event, and those of its jobs that have not finished. */
export interface OutboxEntry {
  event: DomainEvent;
  jobs: JobName[];
}

/** An event as an audit needs it. `event` is null when this version cannot read it. */
export interface RecentEvent {
  id: string;
  event: DomainEvent | null;
  /** Since just before its commit, by the database's clock. */
  ageMs: number;
  /** Its invalidation stands in the log. */
  isApplied: boolean;
}

/** An event that this version cannot read: damaged, or of another version. */
export interface UnreadableEntry {
  id: string;
  payload: unknown;
  /** Those of its jobs that have not finished; of other versions, they may have names that nobody knows here. */
  jobs: string[];
}

/** Which events with unfinished jobs are due. One that was never handed over is. */
export interface RelayLimits {
  limit: number;
  /** An event is due again this time after it was handed over, and twice as long each further time, in ms. */
  retryAfterMs: number;
  /** The longest that the pause grows to, in ms. Default 20 × `retryAfterMs`. */
  maxRetryAfterMs?: number;
  /** Every event that was last handed over this time ago or earlier is due, however often it was, in ms. By default none is. */
  allBeforeMs?: number;
}

export interface Outbox {
  /**
   * Hands up to `limit` due events over: those that were never handed over first, the others by age. Each event goes to one
   * caller at a time; it is marked once `handOver` has resolved. Returns how many there were.
   */
  relay(
    options: RelayLimits,
    handOver: (entries: OutboxEntry[], unreadable: UnreadableEntry[]) => Promise<void>,
  ): Promise<number>;
  /**
   * How long, by the database's clock, the oldest event has waited of those that nobody has handed over yet and the given
   * one (that of the job at the head of a queue); 0 when there is none. One index scan.
   */
  waitingMs(eventId: string | null): Promise<number>;
  /** Notes that a job of the event has finished. Can be repeated. */
  settle(eventId: string, job: JobName): Promise<void>;
  /** Notes where the event's invalidation stands in the log. Can be repeated; the first position stays. */
  markApplied(eventId: string, position: number): Promise<void>;
  /** Where the event's invalidation stands. */
  invalidation(eventId: string): Promise<Invalidation>;
  /**
   * The events that were committed within the last `withinMs`, the latest `limit` of them, and every one that is not applied
   * yet; oldest first.
   */
  recent(options: { withinMs: number; limit: number }): Promise<RecentEvent[]>;
  /** Calls back when there may be new events (LISTEN), and after a lost connection is back; a hint, not a promise. */
  onNews(listener: () => void): Promise<{ close(): Promise<void> }>;
  /** Removes settled events older than `olderThanMs`, except the latest of a file that is there; answers how many. */
  prune(olderThanMs: number): Promise<number>;
}

export interface IngestOptions {
  signal?: AbortSignal;
  /** Called every few hundred records, and may be called with the same progress again. */
  onProgress?: (progress: IngestProgress) => void;
}

/** How far an ingest is. */
export interface IngestProgress {
  /** Records written so far. */
  lines: number;
  /** Bytes read so far, unpacked; those of a JSON document are counted at each of two readings. */
  bytes: number;
}

/** What an ingest came to. */
export type IngestResult =
  | {
      outcome: 'indexed';
      event: DomainEvent;
      format: FileFormat;
      lines: number;
      errors: number;
      unparsed: number;
      truncated: number;
    }
  | { outcome: 'failed'; event: DomainEvent; error: string }
  | { outcome: 'skipped'; because: Exclude<FileStatus, 'received' | 'indexing'> | 'deleted' };
