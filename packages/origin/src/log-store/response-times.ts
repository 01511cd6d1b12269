import type { LogStats } from '@pilotlight/contracts';

/** Sources and response times of fewer records are exact. */
export const EXACT_BELOW = 100_000;

/** The shares of the response times that p50, p95 and p99 are not below. */
export const PERCENTILES = [0.5, 0.95, 0.99] as const;

/**
 * Returns the response times of stats, with nine digits, so that the order in which a store adds times does not show.
 *
 * @param percentiles in the order of `PERCENTILES`, in ms
 */
export function toResponseTimes(avg: number, percentiles: readonly number[]): LogStats['response_time_ms'] {
  const [p50 = avg, p95 = avg, p99 = avg] = percentiles;
  return { avg: rounded(avg), p50: rounded(p50), p95: rounded(p95), p99: rounded(p99) };
}

const rounded = (ms: number): number => Number(ms.toPrecision(9));
