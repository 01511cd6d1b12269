/** Streams of lines, which roll into files. */
export interface Streams {
  /**
   * Begins to append to a stream, without a database query. Rejects with `OriginBusy` if the maximum number of appends is in progress.
   *
   * @param uploader whose quota the bytes count for; defaults to null, an uploader like any other
   */
  begin(stream: string, uploader?: string | null): Promise<Append>;
  /** Returns whether lines were stored with this idempotency key. */
  isKnown(key: string, uploader: string | null): Promise<boolean>;
  /** Returns the answer of the earlier request with this key; null if it is unknown. Rejects with `KeyReused`. */
  earlier(key: IdempotencyKey, uploader: string | null): Promise<Appended | null>;
  /** Returns whether this is the open file of a stream: acknowledged, and not yet in any list. */
  isOpen(fileId: string): Promise<boolean>;
  /** Returns for how long, in ms, the oldest open file has been due; 0 if none is. It grows if no worker rolls files. */
  overdueMs(): Promise<number>;
  /** Makes the open files that are due visible, each with its event. Returns their number. Can be called by several processes. */
  roll(): Promise<number>;
  /** Forgets idle streams and old idempotency keys. Returns the number of keys. */
  sweep(): Promise<number>;
}

/**
 * The lines of one request. None of them is stored for any reader before `commit`, which adds all of them to the open file of the stream
 * at once. A call that rejects has ended the append and removed its bytes.
 */
export interface Append {
  /** Resolves when more bytes may be sent (back-pressure). Rejects with `UploadTooLarge`. */
  write(bytes: Buffer): Promise<void>;
  /**
   * Makes the bytes durable, or returns the answer of the earlier request with the same key. Rejects with `EmptyUpload`, `QuotaExceeded`,
   * `StreamBehind` and `KeyReused`.
   */
  commit(request: { lines: number; key: IdempotencyKey | null }): Promise<Appended>;
  /** Ends the append. Can be called at any time, and repeatedly. */
  abort(): Promise<void>;
}

export interface IdempotencyKey {
  readonly key: string;
  /** SHA-256 of the request; a request with the same key and another fingerprint is refused. */
  readonly fingerprint: Buffer;
}

/** What a request has added. */
export interface Appended {
  readonly fileId: string;
  readonly fileName: string;
  readonly lines: number;
  readonly bytes: number;
}

/** When the open file of a stream is rolled. */
export interface StreamLimits {
  /**
   * The minimum age in ms. Each file costs two invalidations, when it is listed and when it is indexed, so a stream causes at most one
   * per second.
   */
  readonly rollMs: number;
  /** The age in ms of the files of a stream that has rolled `quickFiles` files without a pause, so that it makes fewer of them. */
  readonly steadyRollMs: number;
  readonly quickFiles: number;
  /** A file of this size is rolled as soon as it has the minimum age. */
  readonly rollBytes: number;
  /** A stream whose open file is as large as this, or older than `maxAgeMs`, refuses lines with `StreamBehind`. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  rollMs: 2_000,
  steadyRollMs: 10_000,
  quickFiles: 150,
  rollBytes: 8 * 1024 ** 2,
  maxBytes: 64 * 1024 ** 2,
  maxAgeMs: 120_000,
};

/** How long an idempotency key is known, in ms. */
export const KEYS_KEPT_MS = 24 * 3_600_000;
/** The number of keys that are known; beyond it the oldest are forgotten. */
export const MAX_KEYS = 1_000_000;
