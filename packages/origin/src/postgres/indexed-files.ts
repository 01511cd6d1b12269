import { domainEventSchema } from '@pilotlight/contracts';
import type { IndexedBetween, IndexedFiles } from '../newly-indexed.ts';
import type { Connections } from './connections.ts';

/** The longest time, in ms, between the time of an event and the end of its transaction: statements and pauses have limits of 30 s. */
const MAX_COMMIT_MS = 300_000;

const MOMENT = `floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint || '~' || pg_current_snapshot()::text`;

interface Row {
  until: string;
  file_id: string | null;
  payload: unknown;
  transaction: number;
}

export class PostgresIndexedFiles implements IndexedFiles {
  readonly #reads: Connections;

  constructor(reads: Connections) {
    this.#reads = reads;
  }

  async now(): Promise<string> {
    const [row] = await this.#reads.queryOne<{ now: string }>(`SELECT ${MOMENT} AS now`);
    if (row === undefined) throw new Error('expected the present moment, got no row');
    return row.now;
  }

  async between(
    since: string,
    { until, limit }: { readonly until?: string; readonly limit: number },
  ): Promise<IndexedBetween> {
    // One statement, so that the moment is that of the rows. The outer join gives the moment without any row.
    const rows = await this.#reads.queryOne<Row>(
      `SELECT moment.until, found.* FROM (SELECT ${MOMENT} AS until) moment LEFT JOIN LATERAL (
         SELECT file_id, payload, announced_in::text::bigint AS transaction FROM outbox
         WHERE type = 'file.indexed' AND created_at > to_timestamp(($1::float8 - ${MAX_COMMIT_MS}) / 1000)
           AND NOT pg_visible_in_snapshot(announced_in, $2::pg_snapshot)
           AND ($3::pg_snapshot IS NULL OR pg_visible_in_snapshot(announced_in, $3::pg_snapshot))
         ORDER BY created_at, id LIMIT $4
       ) found ON true`,
      [timeOf(since), snapshotOf(since), until === undefined ? null : snapshotOf(until), limit + 1],
    );
    const files = rows.flatMap(({ file_id: fileId, payload, transaction }) =>
      fileId === null ? [] : [{ fileId, event: domainEventSchema.safeParse(payload).data ?? null, transaction }],
    );
    const found = until ?? rows[0]?.until;
    if (found === undefined) throw new Error('expected the present moment, got no row');
    return { until: found, files: files.slice(0, limit), hasMore: files.length > limit };
  }
}

function timeOf(moment: string): string {
  return moment.slice(0, moment.indexOf('~'));
}

function snapshotOf(moment: string): string {
  return moment.slice(moment.indexOf('~') + 1);
}
