import type { Attributes } from '@opentelemetry/api';
import type { ReadMessage } from '../model/diagnostics.ts';
import { getOrAdd } from '../model/get-or-add.ts';
import type { Outcome, Reason } from '../model/outcome.ts';
import { type BoundedAttributes, NAME, outcomeLabels, PREFIX } from './attributes.ts';

interface Count {
  readonly attributes: Attributes;
  reads: number;
}

const OUTCOMES: Readonly<Record<Outcome['outcome'], number>> = { hit: 0, stale: 1, miss: 2, bypass: 3 };
const TIERS: Readonly<Record<NonNullable<Outcome['tier']>, number>> = { memory: 1, redis: 2 };
const REASONS: Readonly<Record<Reason, number>> = {
  'early-refresh': 1,
  revalidating: 2,
  'backing-off': 3,
  'load-failed': 4,
  'load-slow': 5,
  absent: 6,
  outdated: 7,
  expired: 8,
  behind: 9,
};
/** 0 means that a read has no reason. */
const REASON_NUMBERS = Object.keys(REASONS).length + 1;

/**
 * Counts reads by their labels, for an observable counter. Reporting each memory hit to OpenTelemetry would cost several times the
 * hit; for the same reason labels are numbers here, and no text is built.
 */
export class ReadCounts {
  readonly #bounded: BoundedAttributes;
  /** By cache, then by the prefix of the key. Prefixes beyond the bound count under their bounded name. */
  readonly #counts = new Map<string, Map<string, (Count | undefined)[]>>();

  constructor(bounded: BoundedAttributes) {
    this.#bounded = bounded;
  }

  count({ cache, prefix, outcome }: ReadMessage): void {
    const ofCache = getOrAdd(this.#counts, cache, () => new Map());
    const counts =
      (prefix !== null && ofCache.get(prefix)) || getOrAdd(ofCache, this.#bounded.prefix(prefix), () => []);
    const label = labelOf(outcome);
    const count = counts[label];
    if (count) count.reads++;
    else {
      const attributes = { [NAME]: cache, [PREFIX]: this.#bounded.prefix(prefix), ...outcomeLabels(outcome) };
      counts[label] = { attributes, reads: 1 };
    }
  }

  *all(): Iterable<Count> {
    for (const ofCache of this.#counts.values())
      for (const counts of ofCache.values()) for (const count of counts) if (count) yield count;
  }
}

/** One number for all labels of an outcome. */
function labelOf({ outcome, tier, reason, verified }: Outcome): number {
  const tierNumber = tier === null ? 0 : TIERS[tier];
  const reasonNumber = reason === null ? 0 : REASONS[reason];
  return ((OUTCOMES[outcome] * 3 + tierNumber) * REASON_NUMBERS + reasonNumber) * 2 + (verified ? 1 : 0);
}
