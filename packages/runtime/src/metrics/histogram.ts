import type { Point } from './metrics.ts';

/** The counts of a histogram. `counts[i]` is the number of values up to `boundaries[i]` and above the boundary before it. */
export interface HistogramState {
  readonly boundaries: readonly number[];
  /** One more than the boundaries: the last count has the values above all of them. */
  readonly counts: ArrayLike<number>;
  readonly sum: number;
}

/** Seconds, from an answer out of memory to a slow load. */
export const SECONDS = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;

/** Seconds, from a small job to a file of minutes. */
export const LONG_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900] as const;

/** A histogram in plain numbers: an observation costs a few comparisons and two additions. */
export class Histogram implements HistogramState {
  readonly boundaries: readonly number[];
  readonly counts: Float64Array;
  sum = 0;

  /** @param boundaries ascending */
  constructor(boundaries: readonly number[]) {
    this.boundaries = boundaries;
    this.counts = new Float64Array(boundaries.length + 1);
  }

  /** @param times how often the value was observed */
  observe(value: number, times = 1): void {
    const { boundaries, counts } = this;
    let i = 0;
    // The first boundaries are the most frequent, so a linear search is the fastest.
    while (i < boundaries.length && value > (boundaries[i] ?? 0)) i++;
    counts[i] = (counts[i] ?? 0) + times;
    this.sum += value * times;
  }

  /** Adds the observations of another histogram with the same boundaries. */
  add(other: HistogramState): void {
    for (let i = 0; i < this.counts.length; i++) this.counts[i] = (this.counts[i] ?? 0) + (other.counts[i] ?? 0);
    this.sum += other.sum;
  }
}

/** Histograms by the values of their labels. Callers bound the number of values. */
export class Histograms<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #boundaries: readonly number[];
  readonly #all = new Map<string, { labels: Record<string, string>; histogram: Histogram }>();

  constructor(labels: readonly Label[], boundaries: readonly number[]) {
    this.#labels = labels;
    this.#boundaries = boundaries;
  }

  observe(labels: Readonly<Record<Label, string>>, value: number): void {
    this.of(labels).observe(value);
  }

  of(labels: Readonly<Record<Label, string>>): Histogram {
    const id = this.#labels.map((label) => labels[label]).join('\n');
    const known = this.#all.get(id);
    if (known) return known.histogram;
    const histogram = new Histogram(this.#boundaries);
    this.#all.set(id, { labels: Object.fromEntries(this.#labels.map((label) => [label, labels[label]])), histogram });
    return histogram;
  }

  points(): Point[] {
    return [...this.#all.values()].map(({ labels, histogram }) => ({ labels, value: histogram }));
  }
}

/** Counts by the values of their labels. Callers bound the number of values. */
export class Counts<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #all = new Map<string, { labels: Record<string, string>; value: number }>();

  constructor(labels: readonly Label[]) {
    this.#labels = labels;
  }

  add(labels: Readonly<Record<Label, string>>, n = 1): void {
    const id = this.#labels.map((label) => labels[label]).join('\n');
    const known = this.#all.get(id);
    if (known) known.value += n;
    else
      this.#all.set(id, { labels: Object.fromEntries(this.#labels.map((label) => [label, labels[label]])), value: n });
  }

  points(): Point[] {
    return [...this.#all.values()].map(({ labels, value }) => ({ labels, value }));
  }
}
