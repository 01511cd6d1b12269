import { decisionOfKey, decisionOfKind, decisionOfPrefix, type PrefixBook } from './book.ts';

/** What one process has learnt of the answers of a prefix. Each process learns from its own loads. */
export interface LearnedStats {
  over: 'this process';
  mode: 'advise' | 'on';
  /** How long an answer is fresh, or would be. `new_key`: one of which nothing is known by itself; the others of known keys. */
  fresh_ms: {
    fixed: number;
    allowed: readonly [least: number, most: number];
    new_key: number;
    known_keys: { least: number; median: number; most: number } | null;
  };
  /** At most this share of reads is to be given something outdated. */
  /** A new key of each kind. */
  kinds: Record<string, { fresh_ms: number; why: string }>;
  outdated_share_limit: number;
  keys_known: number;
  evidence: {
    /** Reloads that were compared; `changes`: those that differed. Older ones, and many of one key, count for less. */
    observations: number;
    changes: number;
    exposure_ms: number;
    /** Reloads after an invalidation: not compared. */
    announced: number;
  };
  changes_per_hour: { mean: number; upper: number };
  why: string;
}

export function learnedStats(book: PrefixBook): LearnedStats {
  const { learning, keys, announced } = book;
  const { freshForMs, evidence, estimate, why } = decisionOfPrefix(book);
  const chosen = [...keys.values()].map((own) => decisionOfKey(book, own).freshForMs).sort((a, b) => a - b);
  const [least, median, most] = [chosen[0], chosen[chosen.length >> 1], chosen.at(-1)];
  return {
    over: 'this process',
    mode: learning.mode,
    fresh_ms: {
      fixed: learning.fixedMs,
      allowed: learning.betweenMs,
      new_key: freshForMs,
      known_keys: least === undefined || median === undefined || most === undefined ? null : { least, median, most },
    },
    kinds: Object.fromEntries(
      [...book.kinds].map(([name, kind]) => {
        const { freshForMs, why } = decisionOfKind(book, kind);
        return [name, { fresh_ms: freshForMs, why }];
      }),
    ),
    outdated_share_limit: learning.outdatedShare,
    keys_known: keys.size,
    evidence: {
      observations: evidence.observations,
      changes: evidence.changes,
      exposure_ms: evidence.exposureMs,
      announced,
    },
    changes_per_hour: { mean: estimate.changesPerHour, upper: estimate.upperChangesPerHour },
    why,
  };
}
