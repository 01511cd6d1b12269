/** The decades of a log scale of latencies, in ms: 1 µs to 10 s. */
export const DECADES_MS = [0.001, 0.01, 0.1, 1, 10, 100, 1_000, 10_000] as const;

/** Returns where a latency lies on the scale: 0 for 1 µs or less, 1 for 10 s or more. */
export function shareOfScale(ms: number): number {
  const [first, last] = [DECADES_MS[0], 10_000];
  const share = Math.log10(Math.max(ms, first) / first) / Math.log10(last / first);
  return Math.min(1, share);
}
