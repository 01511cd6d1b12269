import type { LogAnswer, LogRecord } from './types.ts';

type Cause = NonNullable<LogRecord['cause']>;

/** Why an invalidation was made: what happened, and to what or by whom. */
export interface CauseWords {
  readonly what: string;
  /** A file, a token or a key: text of users. Null if there is none. */
  readonly detail: string | null;
}

const EVENTS: Readonly<Record<Extract<Cause, { kind: 'event' }>['type'], string>> = {
  'file.uploaded': 'Upload',
  'file.indexed': 'Lines indexed',
  'file.failed': 'Upload failed',
  'file.deleted': 'Deletion',
  'file.changed': 'Change by SQL',
};

/** @param nameOf returns the name of a file, or null if it is not known any more */
export function causeWords(cause: Cause | null, nameOf: (fileId: string) => string | null): CauseWords {
  if (cause === null) return { what: 'Not known', detail: null };
  switch (cause.kind) {
    case 'event':
      return { what: EVENTS[cause.type], detail: nameOf(cause.file_id) ?? `file ${cause.file_id}` };
    case 'request':
      return { what: 'Request', detail: cause.token === null ? 'without a token' : `with the token ${cause.token}` };
    case 'repair':
      return { what: 'Repair', detail: cause.why };
  }
}

/** Whether each record of a page has its cause. The journal gets it when the receipt of the invalidation is there, after the log has it. */
export function isComplete({ records }: LogAnswer): boolean {
  return records.every(({ cause }) => cause !== null);
}

/**
 * Joins a page of the log with the pages before it, newest first.
 *
 * @param cursor the position before which the page was asked for; null for the latest page
 * @returns the page alone if it is of another epoch, or if records between it and those before were not read; `last` if it continues a page
 * that is not shown any more
 */
export function merged(last: LogAnswer | null, page: LogAnswer, cursor: number | null): LogAnswer {
  if (last === null || last.epoch !== page.epoch) return page;
  if (cursor !== null)
    return cursor === last.next ? { ...last, records: joined(page.records, last.records), next: page.next } : last;
  if (isGap(page, last)) return page;
  return { ...page, records: joined(page.records, last.records), next: last.next };
}

/** Whether the log has records that are older than the latest page, and newer than the records that were read before. */
function isGap({ records, next }: LogAnswer, last: LogAnswer): boolean {
  const oldest = records.at(-1)?.position ?? 0;
  const newestBefore = last.records[0]?.position ?? 0;
  return next !== null && oldest > newestBefore + 1;
}

/** Joins the latest page with the records that were read before, newest first. */
function joined(latest: readonly LogRecord[], before: readonly LogRecord[]): LogRecord[] {
  const byPosition = new Map([...before, ...latest].map((record) => [record.position, record]));
  return [...byPosition.values()].sort((a, b) => b.position - a.position);
}
