import type { Client, estypes } from '@elastic/elasticsearch';
import type { Connections } from '../../postgres/connections.ts';
import { abortedBy, asking } from './as-origin-error.ts';
import type { IndexNames } from './index-layout.ts';
import { refusePartial } from './refuse-partial.ts';

/**
 * Time limit of requests that cost the server little, in ms. When it passes, the server is frozen, or its connection is
 * gone without notice.
 */
const SMALL_REQUEST_MS = 5_000;

/** Enough for several searches; the snapshot is closed after the last one. */
const KEEP_ALIVE = '1m';

/** The server's limit for one `terms` query. */
const TERMS_PER_QUERY = 65_536;

/** A search within a snapshot: everything except where to look, and which files are hidden. */
export type SnapshotSearch = Omit<estypes.SearchRequest, 'index' | 'pit' | 'query'> & {
  filter: estypes.QueryDslQueryContainer[];
  mustNot?: estypes.QueryDslQueryContainer[];
};

/** Searches the visible records as they were at one moment. */
export interface VisibleSnapshot {
  search<Stored, Aggregations = Record<string, never>>(
    search: SnapshotSearch,
  ): Promise<estypes.SearchResponse<Stored, Aggregations>>;
}

interface SnapshotOptions {
  client: Client;
  names: IndexNames;
  reads: Connections;
  timeoutMs: number;
  onError: (error: unknown) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Runs searches on one state of the store, in which each file is visible as a whole or not at all.
 *
 * A point in time fixes the documents. A file is hidden if it was not indexed just before the point in time (its lines
 * may be incomplete there), if it is not indexed just after it (it may have been deleted), or if it became indexed in
 * between. The read began before such a change, so it may return the state before it.
 */
export async function withVisibleSnapshot<T>(
  options: SnapshotOptions,
  work: (snapshot: VisibleSnapshot) => Promise<T>,
): Promise<T> {
  const { client, names, reads, signal, onError } = options;
  const requestTimeout = Math.min(SMALL_REQUEST_MS, options.timeoutMs);
  const before = await hiddenBefore(reads);
  // Not aborted: an unanswered request says that the server is unavailable, and an answered one has to be closed.
  const pit = await asking(() =>
    client.openPointInTime({ index: names.all, keep_alive: KEEP_ALIVE }, { requestTimeout }),
  );
  try {
    signal?.throwIfAborted();
    refusePartial(pit);
    const hidden = new Set([...before.ids, ...(await hiddenSince(reads, before.at))]);
    return await work({ search: (search) => searchVisible(options, { pit: pit.id, hidden: [...hidden] }, search) });
  } finally {
    // The server drops an open one after a minute, so the answer does not depend on this.
    await client.closePointInTime({ id: pit.id }, { requestTimeout }).catch(onError);
  }
}

async function hiddenBefore(reads: Connections): Promise<{ ids: string[]; at: Date }> {
  const [row] = await reads.queryOne<{ ids: string[]; at: Date }>(
    `SELECT date_trunc('milliseconds', clock_timestamp()) AS at,
       ARRAY(SELECT id::text FROM files WHERE status <> 'indexed') AS ids`,
  );
  if (row === undefined) throw new Error('expected one row of hidden files, got none');
  return row;
}

/** An upload's transaction is shorter than the ten minutes by which its row may be older than the moment it appeared. */
async function hiddenSince(reads: Connections, at: Date): Promise<string[]> {
  const rows = await reads.queryOne<{ id: string }>(
    `SELECT id::text FROM files WHERE status <> 'indexed'
     UNION ALL
     SELECT id::text FROM files
     WHERE status = 'indexed' AND uploaded_at >= $1::timestamptz - interval '10 minutes' AND indexed_at >= $1`,
    [at],
  );
  return rows.map(({ id }) => id);
}

async function searchVisible<Stored, Aggregations>(
  { client, signal, timeoutMs }: SnapshotOptions,
  { pit, hidden }: { pit: string; hidden: readonly string[] },
  { filter, mustNot = [], ...search }: SnapshotSearch,
): Promise<estypes.SearchResponse<Stored, Aggregations>> {
  const request: estypes.SearchRequest = {
    ...search,
    pit: { id: pit, keep_alive: KEEP_ALIVE },
    query: { bool: { filter, must_not: [...mustNot, ...termsOfFiles(hidden)] } },
    timeout: `${timeoutMs}ms`,
    allow_partial_search_results: false,
  };
  const answer = await asking(() => client.search<Stored, Aggregations>(request, abortedBy(signal)), signal);
  refusePartial(answer);
  return answer;
}

function termsOfFiles(ids: readonly string[]): estypes.QueryDslQueryContainer[] {
  const clauses: estypes.QueryDslQueryContainer[] = [];
  for (let start = 0; start < ids.length; start += TERMS_PER_QUERY) {
    clauses.push({ terms: { file_id: ids.slice(start, start + TERMS_PER_QUERY) } });
  }
  return clauses;
}
