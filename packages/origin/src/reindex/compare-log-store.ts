import type { LogStore } from '../log-store/port.ts';
import type { Connections } from '../postgres/connections.ts';
import { RECORD_COUNT } from '../postgres/file-row.ts';

/** Files per request to the log store. */
const FILES_PER_PAGE = 10_000;

export interface StrayFiles {
  /** Number of indexed files that have lines by their rows, and none in the log store. */
  missing: number;
  /** Number of files of which the log store has something, and that have no row. */
  unknown: number;
}

/** Implements `Origin.compareLogStore`. */
export async function compareLogStore(
  { work, logs }: { work: Connections; logs: LogStore },
  signal?: AbortSignal,
): Promise<StrayFiles> {
  const found: StrayFiles = { missing: 0, unknown: 0 };
  // A file that is indexed while the pages are read may lie behind them.
  const [now] = await work.queryOne<{ at: Date }>(`SELECT date_trunc('milliseconds', clock_timestamp()) AS at`);
  for (let after: string | null = null, isLast = false; !isLast; ) {
    signal?.throwIfAborted();
    const stored = await logs.storedFiles(after, FILES_PER_PAGE);
    isLast = stored.length < FILES_PER_PAGE;
    const last = stored.at(-1) ?? null;
    const [row] = await work.query<{ missing: number; unknown: number }>(COUNT_STRAYS, [
      stored,
      after,
      isLast ? null : last,
      now?.at,
    ]);
    found.missing += row?.missing ?? 0;
    found.unknown += row?.unknown ?? 0;
    after = last;
  }
  return found;
}

/** Compares one page, which covers the ids behind $2 up to $3; null leaves an end open. */
const COUNT_STRAYS = `WITH stored AS (SELECT unnest($1::uuid[]) AS id)
  SELECT (SELECT count(*) FROM files
          WHERE status = 'indexed' AND ${RECORD_COUNT} > 0 AND indexed_at < $4
            AND ($2::uuid IS NULL OR id > $2) AND ($3::uuid IS NULL OR id <= $3)
            AND NOT EXISTS (SELECT FROM stored WHERE stored.id = files.id)) AS missing,
         (SELECT count(*) FROM stored WHERE NOT EXISTS (SELECT FROM files WHERE files.id = stored.id)) AS unknown`;
