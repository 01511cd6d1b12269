/** Number of sources of a file that are stored. */
const STORED_SOURCES = 1_000;

/** Number of sources that are counted at a time. */
const MAX_COUNTED = 20_000;

/** The most frequent sources of a file. */
export interface TopSources {
  /** At most `STORED_SOURCES`, by count, then by name. */
  readonly sources: { readonly source: string; readonly lines: number }[];
  /** No count is too small by more than this, and no missing source has more records. 0 if all counts are exact. */
  readonly error: number;
}

/**
 * Counts sources in bounded memory. Counts are exact for up to 20,000 different sources. For more it drops the rarer half each time
 * (Misra and Gries, "Finding repeated elements", 1982), which makes counts too small by a known number at most.
 */
export class SourceCounter {
  readonly #counts = new Map<string, number>();
  readonly #max: number;
  #dropped = 0;

  constructor(max = MAX_COUNTED) {
    this.#max = max;
  }

  add(source: string): void {
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
    if (this.#counts.size > this.#max) this.#dropRareHalf();
  }

  top(stored = STORED_SOURCES): TopSources {
    const sources = [...this.#counts].map(([source, lines]) => ({ source, lines }));
    sources.sort((a, b) => b.lines - a.lines || Buffer.compare(Buffer.from(a.source), Buffer.from(b.source)));
    return { sources: sources.slice(0, stored), error: this.#dropped + (sources[stored]?.lines ?? 0) };
  }

  /** Subtracts the median of all counts from each count: a source loses at most the sum of all medians. */
  #dropRareHalf(): void {
    const counts = [...this.#counts.values()].sort((a, b) => a - b);
    const median = counts[Math.floor(counts.length / 2)] ?? 0;
    this.#dropped += median;
    for (const [source, count] of this.#counts) {
      if (count <= median) this.#counts.delete(source);
      else this.#counts.set(source, count - median);
    }
  }
}
