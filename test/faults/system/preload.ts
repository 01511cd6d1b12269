import { mutate } from '@pilotlight/simulation';
import { skewClock } from './skew-clock.ts';
import { REMOVED_PROTECTIONS } from './taken-away.ts';

/**
 * Loaded before a process's own code (`--import`). The process then runs without the protections that TAKE_AWAY names,
 * with a wall clock that is CLOCK_AHEAD_MS ahead.
 */
for (const name of (process.env['TAKE_AWAY'] ?? '').split(',').filter(Boolean)) {
  const taken = REMOVED_PROTECTIONS.find((one) => one.name === name);
  if (!taken)
    throw new Error(
      `TAKE_AWAY: expected one of ${REMOVED_PROTECTIONS.map((one) => one.name).join(', ')}, got "${name}"`,
    );
  mutate(taken);
}
skewClock(Number(process.env['CLOCK_AHEAD_MS'] ?? '0'));
