import type { DomainEvent, LogFile } from '@pilotlight/contracts';

/** How far a file has come, from its upload to the reload of the answers that show it. */
export interface FileProgress {
  readonly file: LogFile;
  /** The attempt that reads the file now, with the records written and the unpacked bytes read so far; null if no attempt has reported. */
  readonly reading: { readonly attempt: number; readonly lines: number; readonly bytes: number } | null;
  /** The invalidation of the end of the ingest; null before that end, or if its event was removed because it is old. */
  readonly end: {
    /** Null if this version cannot read it. */
    readonly event: DomainEvent | null;
    readonly position: number | null;
    /** Time since the event was marked as applied, by the database's clock; null before. */
    readonly appliedMsAgo: number | null;
    /** The prefixes that were reloaded by a run that began after the event was applied. */
    readonly warmed: readonly string[];
  } | null;
}

/** How far files have come. */
export interface Progress {
  /** Returns the progress of those files that exist, by id. One query, whatever their number. */
  of(fileIds: readonly string[]): Promise<Map<string, FileProgress>>;
  /** Returns the database's time, as text, for `noteWarmed`. */
  now(): Promise<string>;
  /** Records that a run that began at `beganAt` (from `now`) has reloaded the answers under a prefix. An earlier run changes nothing. */
  noteWarmed(prefix: string, beganAt: string): Promise<void>;
}
