/** Milliseconds. */
export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** Latency classes grow by a quarter from 1 µs: percentiles are exact to 25 %. */
const LATENCY_STEP = 1.25;

/** Returns the class of a duration. */
export const latencyClass = (ms: number): number =>
  Math.max(0, Math.ceil(Math.log(ms * 1_000) / Math.log(LATENCY_STEP)));

/** Returns the upper bound of a class in milliseconds, to three digits. */
export const latencyOfClass = (index: number): number => Number((LATENCY_STEP ** index / 1_000).toPrecision(3));

/** Returns the percentiles of the counts whose names are `classPrefix` and a class; null if there are none. */
export function percentiles(counts: ReadonlyMap<string, number>, classPrefix: string): Percentiles | null {
  const classes = [...counts]
    .filter(([name]) => name.startsWith(classPrefix))
    .map(([name, n]) => ({ index: Number(name.slice(classPrefix.length)), n }))
    .sort((a, b) => a.index - b.index);
  const total = classes.reduce((sum, { n }) => sum + n, 0);
  if (total === 0) return null;
  const at = (share: number) => {
    let seen = 0;
    for (const { index, n } of classes) {
      seen += n;
      if (seen >= share * total) return latencyOfClass(index);
    }
    return 0;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
