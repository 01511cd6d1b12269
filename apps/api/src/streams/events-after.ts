import {
  type FileEvent,
  type FileEventName,
  type FileEventPosition,
  fileEventId,
  invalidationsOf,
} from '@pilotlight/contracts';
import type { FileProgress } from '@pilotlight/origin';

/** The order of the events. A file has one of those with the same number. */
const ORDER = {
  stored: 1,
  progress: 2,
  indexed: 3,
  failed: 3,
  invalidated: 4,
  warmed: 5,
  deleted: 6,
} as const satisfies Record<FileEventName, number>;

/** After this time without a run that reports, `warmed` says `unknown`: warming is disabled, or fails. */
export const WARMING_REPORTS_WITHIN_MS = 60_000;

const ALL_PREFIXES = ['files', 'stats', 'search'];

/** Returns whether no event follows. */
export function isLast({ event }: FileEventPosition): boolean {
  return event === 'warmed' || event === 'deleted';
}

/**
 * Returns the events that a client has not read yet, in order. They follow from the stored state alone, so every process gives the same,
 * and none twice: an event is left out if its position is not after `after`.
 *
 * @param progress null if the file was deleted
 * @param after null for a client that has read nothing
 */
export function eventsAfter(
  fileId: string,
  progress: FileProgress | null,
  after: FileEventPosition | null,
): FileEvent[] {
  if (after !== null && isLast(after)) return [];
  if (progress === null) return [{ id: 'deleted', event: 'deleted', data: { file_id: fileId } }];
  const all = [storedEvent(progress), readingEvent(progress), ...eventsOfEnd(progress)];
  return all.filter((one) => one !== null).filter((one) => after === null || isAfter(one, after));
}

function isAfter(one: FileEvent, after: FileEventPosition): boolean {
  if (one.event !== 'progress' || after.event !== 'progress') return ORDER[one.event] > ORDER[after.event];
  const { attempt, lines } = one.data;
  return attempt > after.attempt || (attempt === after.attempt && lines > after.lines);
}

function storedEvent({ file }: FileProgress): FileEvent {
  const { id: file_id, name, size_bytes, uploaded_at } = file;
  return { id: 'stored', event: 'stored', data: { file_id, name, size_bytes, uploaded_at } };
}

function readingEvent({ reading }: FileProgress): FileEvent | null {
  if (reading === null) return null;
  const { attempt, lines, bytes } = reading;
  return { id: fileEventId({ event: 'progress', attempt, lines }), event: 'progress', data: { attempt, lines, bytes } };
}

function eventsOfEnd({ file, end }: FileProgress): FileEvent[] {
  const ended = endEvent(file);
  if (ended === null) return [];
  // The event of a file may be removed once it is old and settled.
  if (end !== null && end.position === null) return [ended];
  const invalidated: FileEvent = {
    id: 'invalidated',
    event: 'invalidated',
    data: { position: end?.position ?? null },
  };
  const warmed = warmedEvent(end);
  return warmed === null ? [ended, invalidated] : [ended, invalidated, warmed];
}

function endEvent(file: FileProgress['file']): FileEvent | null {
  switch (file.status) {
    case 'received':
    case 'indexing':
      return null;
    case 'indexed': {
      const { format, line_count, record_count, error_count, unparsed_count, indexed_at } = file;
      const data = { format, line_count, record_count, error_count, unparsed_count, indexed_at };
      return { id: 'indexed', event: 'indexed', data };
    }
    case 'failed':
      return { id: 'failed', event: 'failed', data: { error: file.error ?? 'no reason was recorded' } };
    default:
      return file.status satisfies never;
  }
}

function warmedEvent(end: FileProgress['end']): FileEvent | null {
  const event = end?.event ?? null;
  const prefixes = event === null ? ALL_PREFIXES : invalidationsOf(event).map(({ prefix }) => prefix);
  const isDone = end !== null && prefixes.every((prefix) => end.warmed.includes(prefix));
  const appliedMsAgo = end?.appliedMsAgo ?? Number.POSITIVE_INFINITY;
  if (!isDone && appliedMsAgo < WARMING_REPORTS_WITHIN_MS) return null;
  return { id: 'warmed', event: 'warmed', data: { state: isDone ? 'done' : 'unknown', prefixes } };
}
