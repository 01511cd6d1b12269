import type { Origin } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import type { Handler } from '../handler.ts';

/** The maximum number of files per run; the next run continues. Deleting them takes some seconds. */
const MAX_FILES = 2_000;

/** The action of the audit records. A request that applies the rules is recorded by the api, as `applyRetention`. */
const AUDIT_ACTION = 'retention';

/**
 * Deletes the files that the rules no longer keep. Their events go through the outbox, like those of any delete: jobs invalidate the
 * caches and remove the lines.
 */
export function applyRetention({
  origin,
  logger,
}: {
  origin: Pick<Origin, 'retention'>;
  logger: Logger;
}): Handler<'apply-retention'> {
  return async (rules, { signal }) => {
    const run = await origin.retention.apply(rules, { maxFiles: MAX_FILES, auditAction: AUDIT_ACTION, signal });
    if (run.files > 0) {
      const more = run.outcome === 'more' ? '; the next run continues' : '';
      logger.info(`Retention deleted ${run.files} files with ${run.lines} lines, ${run.bytes} stored bytes${more}`);
    }
    return run;
  };
}
