/** The fresh times that one process has learnt for a prefix. Each process learns from its own loads. */
export interface LearnedStats {
  over: 'this process';
  mode: 'advise' | 'on';
  /**
   * How long an answer is fresh, or would be in mode `advise`. `new_key` applies to a key without observations, `known_keys`
   * to keys with some.
   */
  fresh_ms: {
    fixed: number;
    allowed: readonly [least: number, most: number];
    new_key: number;
    known_keys: { least: number; median: number; most: number } | null;
  };
  /** The fresh time of a new key of each kind. */
  kinds: Record<string, { fresh_ms: number; why: string }>;
  /** The highest share of reads that may get a value that has changed since. */
  outdated_share_limit: number;
  keys_known: number;
  evidence: {
    /** Reloads that were compared. `changes` counts those that differed. Older ones, and many of one key, weigh less. */
    observations: number;
    changes: number;
    exposure_ms: number;
    /** Reloads after an invalidation: they are not compared. */
    announced: number;
  };
  changes_per_hour: { mean: number; upper: number };
  why: string;
}
