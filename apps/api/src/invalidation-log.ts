import type { InvalidationLogAnswer, InvalidationLogQuery, JournalEntry } from '@pilotlight/contracts';
import type { Deps } from './deps.ts';

/** An event invalidates at most three selectors; a caller of the log may have passed 1,000. */
const MAX_SELECTORS = 20;

/**
 * Returns a page of the invalidation log as this process has applied it, newest first, with what the journal knows of each record.
 * Rejects with `Unreachable` if the log does not answer; without the journal the records lack their time and cause.
 */
export async function invalidationLog(
  { cache, redis, journal, logger }: Pick<Deps, 'cache' | 'redis' | 'journal' | 'logger'>,
  { limit, before }: InvalidationLogQuery,
): Promise<InvalidationLogAnswer> {
  const { epoch, asOf: applied } = cache.internal.engine.follower.stamp;
  const end = Math.min(before === undefined ? applied : before - 1, applied);
  const start = Math.max(0, end - limit);
  const [records, entries] = await Promise.all([
    redis.log.readAfter(epoch, start),
    journal.of(epoch).catch((error: unknown) => {
      logger.debug({ err: error }, 'the journal of the invalidations cannot be read');
      return new Map<number, JournalEntry>();
    }),
  ]);
  const page = records.filter((record) => record.epoch === epoch && record.position <= end);
  return {
    success: true,
    epoch,
    applied,
    records: page.reverse().map(({ position, mode, selectors }) => {
      const { at = null, cause = null, receipt_ms = null, processes = null } = entries.get(position) ?? {};
      const shown = selectors.slice(0, MAX_SELECTORS);
      const more_selectors = selectors.length - shown.length;
      return { position, mode, selectors: shown, more_selectors, at, cause, receipt_ms, processes };
    }),
    // The log keeps a bounded number of records.
    next: start > 0 && page.length > 0 ? start + 1 : null,
  };
}
