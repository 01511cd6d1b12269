import type { Attributes } from '@opentelemetry/api';
import type { ReadMessage } from '../diagnostics.ts';
import { type BoundedAttributes, outcomeLabels, PREFIX } from './attributes.ts';

interface Count {
  readonly attributes: Attributes;
  reads: number;
}

/**
 * Reads by their labels, for a counter that is asked now and then. To tell OpenTelemetry of each hit in memory would cost
 * several times the hit.
 */
export class ReadCounts {
  readonly #bounded: BoundedAttributes;
  readonly #counts = new Map<string, Map<string, Count>>();

  constructor(bounded: BoundedAttributes) {
    this.#bounded = bounded;
  }

  count({ prefix, outcome }: ReadMessage): void {
    const name = this.#bounded.prefix(prefix);
    let counts = this.#counts.get(name);
    if (!counts) {
      counts = new Map();
      this.#counts.set(name, counts);
    }
    const labels = `${outcome.outcome} ${outcome.tier} ${outcome.reason} ${outcome.verified}`;
    let count = counts.get(labels);
    if (!count) {
      count = { attributes: { [PREFIX]: name, ...outcomeLabels(outcome) }, reads: 0 };
      counts.set(labels, count);
    }
    count.reads++;
  }

  *all(): Iterable<Count> {
    for (const counts of this.#counts.values()) yield* counts.values();
  }
}
