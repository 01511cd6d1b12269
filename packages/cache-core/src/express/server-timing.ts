import type { Outcome } from '../model/outcome.ts';

/** Returns the `Server-Timing` header of an outcome, e.g. `lookup;dur=0.4, load;dur=52.1` in ms; null for a hit from memory. */
export function serverTiming({ hops }: Outcome): string | null {
  if (!hops || hops.length === 0) return null;
  return hops.map(({ name, ms }) => `${name};dur=${Math.round(ms * 10) / 10}`).join(', ');
}
