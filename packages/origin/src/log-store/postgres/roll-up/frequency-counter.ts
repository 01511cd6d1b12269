/** Number of texts that are counted at a time. */
const MAX_COUNTED = 20_000;

/** The most frequent texts. */
export interface Frequent {
  /** By count, then by text. */
  readonly texts: { readonly text: string; readonly lines: number }[];
  /** No count is too small by more than this, and no missing text has more records. 0 if all counts are exact. */
  readonly error: number;
}

/**
 * Counts texts in bounded memory. Counts are exact for up to 20,000 different texts. For more it drops the rarer half each time
 * (Misra and Gries, "Finding repeated elements", 1982), which makes counts too small by a known number at most.
 */
export class FrequencyCounter {
  readonly #counts = new Map<string, number>();
  readonly #max: number;
  #dropped = 0;

  constructor(max = MAX_COUNTED) {
    this.#max = max;
  }

  add(text: string): void {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
    if (this.#counts.size > this.#max) this.#dropRareHalf();
  }

  /** Returns at most `stored` texts. */
  top(stored: number): Frequent {
    const texts = [...this.#counts].map(([text, lines]) => ({ text, lines }));
    texts.sort((a, b) => b.lines - a.lines || Buffer.compare(Buffer.from(a.text), Buffer.from(b.text)));
    return { texts: texts.slice(0, stored), error: this.#dropped + (texts[stored]?.lines ?? 0) };
  }

  /** Subtracts the median of all counts from each count: a text loses at most the sum of all medians. */
  #dropRareHalf(): void {
    const counts = [...this.#counts.values()].sort((a, b) => a - b);
    const median = counts[Math.floor(counts.length / 2)] ?? 0;
    this.#dropped += median;
    for (const [text, count] of this.#counts) {
      if (count <= median) this.#counts.delete(text);
      else this.#counts.set(text, count - median);
    }
  }
}
