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
  TraceContext,
} from '@pilotlight/contracts';
import type { AuditStore } from './audit.ts';
import type { LogStore } from './log-store/port.ts';
import type { IndexedFiles } from './newly-indexed.ts';
import type { Progress } from './progress.ts';
import type { StrayFiles } from './reindex/compare-log-store.ts';
import type { Retention } from './retention.ts';
import type { Storage } from './storage.ts';

/**
 * The source of truth: files, their records, and the events of every change. It has no knowledge of the cache.
 *
 * Every method may reject with `OriginUnavailable`: the database cannot answer now.
 */
export interface Origin {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly logs: LogStore;
  readonly outbox: Outbox;
  readonly progress: Progress;
  readonly indexedFiles: IndexedFiles;
  readonly retention: Retention;
  readonly storage: Storage;
  readonly audit: AuditStore;
  /** The pools of connections to Postgres of this process, without those of the threads that read files. */
  pools(): readonly PoolState[];
  /**
   * Reads an uploaded file into the log store and writes `file.indexed` or `file.failed` to the outbox. Can be
   * repeated: each call is a new attempt that starts over and fences off the previous one, which rejects with
   * `IngestSuperseded`. A file whose ingest has ended, or that was deleted, stays unchanged (`skipped`).
   */
  ingest(fileId: string, options?: IngestOptions): Promise<IngestResult>;
  /** Applies the missing migrations once, even if several processes call it concurrently. */
  migrate(): Promise<void>;
  /** Resolves once the database answers. Rejects with `OriginUnavailable` after 2 s. */
  ping(): Promise<void>;
  /**
   * Resolves with true once the server of the log store answers, or with false if the log store has no server beside
   * the database. Rejects with `OriginUnavailable` after 2 s.
   */
  pingLogStore(): Promise<boolean>;
  /**
   * Compares the files of the database with those of the log store. They differ after the log store was switched without a copy of
   * the lines. Takes one look-up per file. Rejects with the reason of `signal` once it is aborted.
   */
  compareLogStore(signal?: AbortSignal): Promise<StrayFiles>;
  close(): Promise<void>;
}

/** A pool of connections to Postgres. */
export interface PoolState {
  /** What the connections are for. */
  readonly name: string;
  readonly max: number;
  readonly open: number;
  readonly idle: number;
  /** The number of callers that wait for a connection. */
  readonly waiting: number;
}

export interface Files {
  /**
   * Lists a page of files. Rejects with `BadCursor`. Rejects with the reason of `signal` once it is aborted; the
   * database then stops working on the query.
   */
  list(query: FilesQuery, signal?: AbortSignal): Promise<FilesAnswer>;
  /** Returns a file, or null if it does not exist or was deleted. */
  get(id: string): Promise<LogFileDetail | null>;
  /**
   * Opens the uploaded bytes of a file. Returns null if the file does not exist or was deleted. Rejects with
   * `ContentFreed` once the bytes were removed.
   */
  content(id: string): Promise<FileContent | null>;
  /**
   * Hides a file from every answer at once and writes its event to the outbox, in one transaction. `purge` removes its
   * lines later. Returns null if the file does not exist or was deleted before.
   */
  delete(id: string): Promise<DomainEvent | null>;
  /**
   * Removes what a deleted file has left: lines, chunks, then its row. If the log store can receive late writes, the row stays
   * and hides them until `forgetPurged` removes it. Can be repeated, and resumed after an interruption.
   */
  purge(id: string, signal?: AbortSignal): Promise<void>;
  /**
   * Removes the rows of purged files whose writers can add nothing more, and what they have added since. Returns the number of
   * files. Can be repeated, and resumed after an interruption.
   */
  forgetPurged(signal?: AbortSignal): Promise<number>;
  /**
   * Removes the uploaded bytes of every file whose ingest has ended and that was uploaded `olderThanMs` or longer ago.
   * Returns the number of files. Can be repeated, and resumed after an interruption.
   */
  freeChunks(olderThanMs: number, signal?: AbortSignal): Promise<number>;
  /**
   * Gives up on a file whose ingest cannot be completed: it becomes `failed` with the given reason, and its event goes
   * to the outbox. Returns null if its ingest has ended or the file was deleted.
   */
  fail(id: string, reason: string): Promise<DomainEvent | null>;
}

/** The bytes of a file as they were uploaded. */
export interface FileContent {
  id: string;
  name: string;
  sizeBytes: number;
  /** Whether the bytes begin like a gzip file. */
  isGzipped: boolean;
  /**
   * Reads the bytes in pieces of up to 1 MiB, one at a time, without a connection in between. Can be iterated once. Rejects with
   * `ContentFreed` if the bytes are removed meanwhile.
   */
  chunks: AsyncIterable<Buffer>;
}

export interface Uploads {
  /**
   * Begins an upload without a database query. Rejects with `OriginBusy` if the maximum number of uploads is in
   * progress.
   *
   * @param uploader whose quota the file counts for; defaults to null, an uploader like any other
   */
  begin(name: string, uploader?: string | null): Promise<Upload>;
  /** Rejects with `QuotaExceeded` if a file of this size would exceed a quota now. `Upload.commit` checks again. */
  checkQuotas(file: { uploader: string | null; bytes: number }): Promise<void>;
  /**
   * Removes what uploads of dead processes left: uploads that received no bytes for `idleMs` by the database's clock.
   * If such an upload is still in progress, it ends with `OriginUnavailable`. Returns the number of removed uploads.
   */
  sweep(idleMs: number, signal?: AbortSignal): Promise<number>;
}

/**
 * An upload in progress. Its chunks are stored as they arrive, but no reader sees any of them before `commit`, which
 * makes the whole file and its event visible at once. A call that rejects has ended the upload and removed its chunks;
 * if the database is unavailable, `sweep` removes them later.
 */
export interface Upload {
  /** Resolves when more bytes may be sent (back-pressure). Rejects with `UploadTooLarge`. */
  write(bytes: Buffer): Promise<void>;
  /** Makes the file and its event visible in one transaction. Rejects with `EmptyUpload` and `QuotaExceeded`. */
  commit(): Promise<{ file: LogFile; event: DomainEvent }>;
  /** Ends the upload. Can be called at any time, and repeatedly. */
  abort(): Promise<void>;
}

/** An event and its unfinished jobs. */
export interface OutboxEntry {
  event: DomainEvent;
  jobs: JobName[];
}

/** An event as an audit needs it. `event` is null if this version cannot read it. */
export interface RecentEvent {
  id: string;
  event: DomainEvent | null;
  /** Time since just before its commit, by the database's clock. */
  ageMs: number;
  /** Whether its invalidation is in the log. */
  isApplied: boolean;
}

/** An event that this version cannot read: it is damaged or of another version. */
export interface UnreadableEntry {
  id: string;
  payload: unknown;
  /** Its unfinished jobs. Jobs of other versions may have names that this version does not know. */
  jobs: string[];
}

/** Decides which events with unfinished jobs are due. An event that was never handed over is always due. */
export interface RelayLimits {
  limit: number;
  /** Time after a hand-over until the event is due again, in ms. It doubles per hand-over, up to 20 × this. */
  retryAfterMs: number;
  /**
   * Every event whose last hand-over is at least this long ago is due, regardless of its pause, in ms. By default no
   * event is.
   */
  allBeforeMs?: number;
}

export interface Outbox {
  /**
   * Hands over up to `limit` due events: first those never handed over, then the others by age. Each event goes to one
   * caller at a time and is marked once `handOver` has resolved. Returns the number of events.
   */
  relay(
    options: RelayLimits,
    handOver: (entries: OutboxEntry[], unreadable: UnreadableEntry[]) => Promise<void>,
  ): Promise<number>;
  /**
   * Returns how long, by the database's clock, the oldest event has waited, among those never handed over and the given
   * one (the event of the job at the head of a queue). Returns 0 if there is none. Costs one index scan.
   */
  waitingMs(eventId: string | null): Promise<number>;
  /** Records that a job of the event has finished. Can be repeated. */
  settle(eventId: string, job: JobName): Promise<void>;
  /** Records the position of the event's invalidation in the log. Can be repeated; the first position stays. */
  markApplied(eventId: string, position: number): Promise<void>;
  /** Returns the position and state of the event's invalidation. */
  invalidation(eventId: string): Promise<Invalidation>;
  /**
   * Returns the events committed within the last `withinMs` (the latest `limit` of them) and every event that is not
   * applied yet, oldest first.
   */
  recent(options: { withinMs: number; limit: number }): Promise<RecentEvent[]>;
  /**
   * Calls `listener` when there may be new events (LISTEN) and after a lost connection is restored. It is a hint, not a
   * guarantee.
   */
  onNotify(listener: () => void): Promise<{ close(): Promise<void> }>;
  /**
   * Removes settled events older than `olderThanMs`, except the latest event of an existing file. Returns the number of
   * removed events.
   */
  prune(olderThanMs: number): Promise<number>;
}

export interface IngestOptions {
  signal?: AbortSignal;
  /** The trace that the event of the ingest belongs to. Defaults to the caller's. */
  trace?: TraceContext | null;
  /** Called every few hundred records; consecutive calls may report the same progress. */
  onProgress?: (progress: IngestProgress) => void;
}

export interface IngestProgress {
  /** Records written so far. */
  lines: number;
  /** Unpacked bytes read so far. The bytes of a JSON document count at each of its two passes. */
  bytes: number;
}

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
