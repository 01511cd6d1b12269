import { InvalidArgument } from './errors.ts';

/** Milliseconds, or a number with its unit: `'250ms'`, `'60s'`, `'5m'`, `'1h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The maximum duration: a year. A value that has to live longer does not belong in a cache. */
export const MAX_DURATION_MS = 366 * UNIT_MS.d;

/**
 * Returns a duration in whole milliseconds.
 *
 * @param option names the duration in the error
 * @throws {InvalidArgument} for durations that are negative, not finite, not readable or longer than a year
 */
export function toMs(option: string, duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : parse(duration);
  if (!(ms >= 0 && ms <= MAX_DURATION_MS)) {
    throw new InvalidArgument(option, `0 to ${MAX_DURATION_MS} milliseconds, or a text like '60s' or '5m'`, duration);
  }
  return Math.round(ms);
}

function parse(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount && unit && unit in UNIT_MS ? Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS] : Number.NaN;
}
