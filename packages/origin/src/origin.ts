import type {
  DomainEvent,
  FileStatus,
  FilesAnswer,
  FilesQuery,
  LogFileDetail,
  TraceContext,
} from '@pilotlight/contracts';
import type { AuditStore } from './audit.ts';
import type { LogStore } from './log-store/port.ts';
import type { IndexedFiles } from './newly-indexed.ts';
import type { Outbox } from './outbox.ts';
import type { Progress } from './progress.ts';
import type { StrayFiles } from './reindex/compare-log-store.ts';
import type { Retention } from './retention.ts';
import type { Storage } from './storage.ts';
import type { Streams } from './streams.ts';
import type { Uploads } from './uploads.ts';

/**
 * The source of truth: files, their records, and the events of every change. It has no knowledge of the cache.
 *
 * Every method may reject with `OriginUnavailable`: the database cannot answer now.
 */
export interface Origin {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly streams: Streams;
  readonly logs: LogStore;
  readonly outbox: Outbox;
  readonly progress: Progress;
  readonly indexedFiles: IndexedFiles;
  readonly retention: Retention;
  readonly storage: Storage;
  readonly audit: AuditStore;
  /** The number of searches of this process that exceeded their budget and were cancelled. */
  slowSearches(): number;
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

/** A file that could not be indexed. */
export interface FailedFile {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly uploaded_at: string;
}

export interface Files {
  /**
   * Lists a page of files. Rejects with `BadCursor`. Rejects with the reason of `signal` once it is aborted; the
   * database then stops working on the query.
   */
  list(query: FilesQuery, signal?: AbortSignal): Promise<FilesAnswer>;
  /** Returns the files that could not be indexed, those uploaded last first. */
  failed(limit: number): Promise<readonly FailedFile[]>;
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

export interface IngestOptions {
  signal?: AbortSignal;
  /** The trace that the event of the ingest belongs to. Defaults to the caller's. */
  trace?: TraceContext | null;
  /** Called every few hundred records; consecutive calls may report the same progress. */
  onProgress?: (progress: IngestProgress) => void;
}

export interface IngestProgress {
  /** The last line of the records written so far. */
  lines: number;
  /** Unpacked bytes read so far. The bytes of a JSON document count at each of its two passes. */
  bytes: number;
}

export type IngestResult =
  | {
      outcome: 'indexed';
      event: DomainEvent;
      format: string;
      lines: number;
      records: number;
      errors: number;
      unparsed: number;
      truncated: number;
    }
  | { outcome: 'failed'; event: DomainEvent; error: string }
  | { outcome: 'skipped'; because: Exclude<FileStatus, 'received' | 'indexing'> | 'deleted' };
