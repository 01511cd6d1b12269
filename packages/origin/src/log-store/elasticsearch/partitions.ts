/** The partition of records without a timestamp, and of those outside the months that have a partition of their own. */
export const UNBOUNDED = 'rest';

/** The current month and this number of months before it have their own indices, so a file cannot create many. */
const MONTHS_BACK = 24;

/**
 * Returns the partition of a record: the month of its timestamp (`2015-05`) if that is a recent month, else `rest`.
 * Old logs are uploaded at any time, and a hostile file can name any month, so older and future months share one
 * partition.
 *
 * @param timestamp ISO 8601 in UTC, or null
 * @param nowMs the current time, in ms
 */
export function partitionOf(timestamp: string | null, nowMs: number): string {
  if (timestamp === null) return UNBOUNDED;
  const month = timestamp.slice(0, 7);
  const now = new Date(nowMs);
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS_BACK)).toISOString().slice(0, 7);
  return month >= first && month <= now.toISOString().slice(0, 7) ? month : UNBOUNDED;
}
