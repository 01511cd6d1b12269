import type { DomainEvent, LogFile, ReadAs } from '@pilotlight/contracts';

/** How to read the parts that a file leaves open. A missing or null setting is the default. */
export interface UploadReading extends Partial<ReadAs> {
  /** The JSON text of a shape whose name is `format`. */
  readonly shape?: string | null;
}

export interface Uploads {
  /**
   * Begins an upload without a database query. Rejects with `OriginBusy` if the maximum number of uploads is in
   * progress.
   *
   * @param uploader whose quota the file counts for; defaults to null, an uploader like any other
   */
  begin(name: string, uploader?: string | null): Promise<Upload>;
  /**
   * Rejects with `QuotaExceeded` if these bytes would exceed a quota now. `files` is 0 for lines, which may join an open file; defaults
   * to 1. The commit checks again.
   */
  checkQuotas(added: { uploader: string | null; bytes: number; files?: 0 | 1 }): Promise<void>;
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
  /**
   * Makes the file and its event visible in one transaction. Rejects with `EmptyUpload` and `QuotaExceeded`.
   *
   * @param readAs how to read what the file leaves open, at every attempt; defaults to the defaults
   */
  commit(readAs?: UploadReading): Promise<{ file: LogFile; event: DomainEvent }>;
  /** Ends the upload. Can be called at any time, and repeatedly. */
  abort(): Promise<void>;
}
