import type { Origin } from '@pilotlight/origin';
import type { Handler } from '../handler.ts';

/** Removes what a deleted file left behind. */
export function purgeFile({ origin }: { origin: Pick<Origin, 'files' | 'outbox'> }): Handler<'purge-file'> {
  return async ({ event }, { signal }) => {
    await origin.files.purge(event.fileId, signal);
    await origin.outbox.settle(event.id, 'purge-file');
    return {};
  };
}
