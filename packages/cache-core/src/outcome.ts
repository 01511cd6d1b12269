/**
 * What a read came to. Header, metric, log line and counters are all derived from it.
 * `hit`: served from a tier, fresh. `stale`: served from a tier while it is reloaded. `miss`: loaded. `bypass`: loaded
 * because the caller wanted no cache.
 */
export interface Outcome {
  readonly outcome: 'hit' | 'stale' | 'miss' | 'bypass';
  /** Where it was found; null when it was loaded. */
  readonly tier: 'memory' | 'redis' | null;
  /** The answer came from a load that another read had started. */
  readonly collapsed: boolean;
  /** Milliseconds since the load began that made the answer. */
  readonly ageMs: number;
  /** Milliseconds until it is no longer fresh; negative when stale. */
  readonly ttlMs: number;
  /** False: the invalidation log is out of reach, so the answer may be up to `blindFreshMs` behind. */
  readonly verified: boolean;
  /** Whether a loaded answer was kept. */
  readonly stored: boolean;
  /** What the load took: what a hit saved and a miss cost. */
  readonly loadMs: number;
}
