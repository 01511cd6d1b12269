import type { Origin } from '@pilotlight/origin';
import type { Handler } from '../handler.ts';

/** Settled events are kept so long, to be looked at. */
const KEPT_MS = 24 * 3_600_000;
/** An api gives up on an upload after 15 minutes, so one that got nothing for an hour has no api any more. */
const UPLOAD_IDLE_MS = 3_600_000;

/** Removes the events that nobody needs any more, and the chunks of uploads whose api died. */
export function sweepOutbox({ origin }: { origin: Pick<Origin, 'outbox' | 'uploads'> }): Handler<'sweep-outbox'> {
  return async (_data, { signal }) => ({
    removed: await origin.outbox.prune(KEPT_MS),
    uploads: await origin.uploads.sweep(UPLOAD_IDLE_MS, signal),
  });
}
