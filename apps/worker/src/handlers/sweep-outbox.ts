import type { Origin } from '@pilotlight/origin';
import type { Handler } from '../handler.ts';

/** Settled events are kept so long, to be looked at. */
const EVENTS_KEPT_MS = 24 * 3_600_000;
/** An api gives up on an upload after 15 minutes, so one that got nothing for an hour has no api any more. */
const UPLOAD_IDLE_MS = 3_600_000;
/** Uploaded bytes are removed once their file's ingest has ended: nothing reads them any more. */
const CHUNKS_KEPT_MS = 0;

/**
 * Removes rows that no process needs any more: settled events, chunks of files whose ingest has ended, and chunks of uploads whose api
 * died. All under one name: a worker of the release before would quarantine a job that it does not know.
 */
export function sweepOutbox({
  origin,
}: {
  origin: Pick<Origin, 'outbox' | 'files' | 'uploads'>;
}): Handler<'sweep-outbox'> {
  return async (_data, { signal }) => ({
    removed: await origin.outbox.prune(EVENTS_KEPT_MS),
    freed: await origin.files.freeChunks(CHUNKS_KEPT_MS, signal),
    uploads: await origin.uploads.sweep(UPLOAD_IDLE_MS, signal),
  });
}
