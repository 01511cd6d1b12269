import type { Origin } from '@pilotlight/origin';
import type { Handler } from '../handler.ts';

/** How long settled events are kept for inspection. */
const EVENTS_KEPT_MS = 24 * 3_600_000;
/** An api aborts an upload after 15 minutes, so an upload without data for an hour has lost its api. */
const UPLOAD_IDLE_MS = 3_600_000;

/**
 * Removes rows that no process needs: settled events, chunks of files whose ingest has ended, rows of purged files, chunks of uploads whose api died, idle streams and old idempotency keys.
 * Then counts the records of files that an earlier version indexed, so that stats need not read them. One job does all of it, because a worker of the previous release would quarantine a job with a new name.
 */
export function sweepOutbox({
  origin,
  rawRetentionMs = 0,
}: {
  origin: Pick<Origin, 'outbox' | 'files' | 'uploads' | 'streams' | 'logs'>;
  /** How long uploaded bytes are kept, in ms since the upload. Defaults to 0: they are removed once the ingest of their file has ended. */
  rawRetentionMs?: number;
}): Handler<'sweep-outbox'> {
  return async (_data, { signal }) => ({
    removed: await origin.outbox.prune(EVENTS_KEPT_MS),
    freed: await origin.files.freeChunks(rawRetentionMs, signal),
    forgotten: await origin.files.forgetPurged(signal),
    uploads: await origin.uploads.sweep(UPLOAD_IDLE_MS, signal),
    keys: await origin.streams.sweep(),
    backfilled: await origin.logs.backfill(signal),
  });
}
