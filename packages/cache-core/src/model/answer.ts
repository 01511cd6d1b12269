import type { CachedEntry } from './cached-entry.ts';
import type { Outcome } from './outcome.ts';

/** The result of a read before its value is decoded: the cached entry with its bytes, and the outcome of the read. */
export interface Answer {
  readonly cached: CachedEntry;
  readonly outcome: Outcome;
}
