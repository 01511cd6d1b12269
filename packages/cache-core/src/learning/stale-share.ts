/**
 * Returns the share of an answer's hits that return stale data, for unannounced changes at `rate` per millisecond: the
 * mean of 1 - exp(-rate · t) over t from 0 to `freshForMs`. Rises with both.
 */
export function staleShareOfHits(freshForMs: number, rate: number): number {
  const x = rate * freshForMs;
  if (x === Number.POSITIVE_INFINITY) return 1;
  // For small x the difference would be lost in rounding: use the first terms of its series.
  return x < 1e-4 ? x / 2 - x ** 2 / 6 : 1 + Math.expm1(-x) / x;
}

/** The minimum share of hits among all reads, so that a key whose demand suddenly rises is within its limit immediately. */
const MIN_HITS = 0.5;

/**
 * Returns the same as a share of all reads: of those that arrive at `readRate` per millisecond, one in each period loads
 * and is never stale. Rises with all three.
 */
export function staleShare(freshForMs: number, rate: number, readRate: number): number {
  const reads = readRate * freshForMs;
  const hits = reads === Number.POSITIVE_INFINITY ? 1 : reads / (1 + reads);
  return Math.max(MIN_HITS, hits) * staleShareOfHits(freshForMs, rate);
}

const STEPS = 50;

/**
 * Returns the longest time within the bounds, in whole milliseconds, whose share of stale reads is at most `limit`;
 * otherwise the minimum.
 */
export function longestWithin(
  limit: number,
  [minMs, maxMs]: readonly [number, number],
  rate: number,
  readRate: number,
): number {
  if (staleShare(maxMs, rate, readRate) <= limit) return maxMs;
  if (staleShare(minMs, rate, readRate) > limit) return minMs;
  let [low, high] = [minMs, maxMs];
  for (let step = 0; step < STEPS && high - low > 0.5; step++) {
    const middle = (low + high) / 2;
    if (staleShare(middle, rate, readRate) <= limit) low = middle;
    else high = middle;
  }
  return Math.max(minMs, Math.floor(low));
}

/** Returns the highest rate for which `longestWithin` is at least `freshForMs`, for any demand. */
export function rateFor(freshForMs: number, limit: number): number {
  let [low, high] = [0, 1];
  while (staleShareOfHits(1, high) < limit) high *= 2;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (staleShareOfHits(1, middle) <= limit) low = middle;
    else high = middle;
  }
  return high / freshForMs;
}
