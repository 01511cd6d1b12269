import type { Origin } from '@pilotlight/origin';
import type { Handler } from '../handler.ts';

/** Settled events are kept so long, to be looked at. */
const KEPT_MS = 24 * 3_600_000;

/** Removes the events that nobody needs any more. */
export function sweepOutbox({ origin }: { origin: Pick<Origin, 'outbox'> }): Handler<'sweep-outbox'> {
  return async () => ({ removed: await origin.outbox.prune(KEPT_MS) });
}
