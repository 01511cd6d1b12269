import type pg from 'pg';
import type { ElasticsearchUnderFaults } from '../system/elasticsearch-server.ts';

/** The message of one stored line, and the file that it belongs to. */
export interface StoredLine {
  readonly fileId: string;
  readonly message: string;
}

const MAX_LINES = 10_000;

export async function linesInPostgres(client: pg.Client): Promise<StoredLine[]> {
  const { rows } = await client.query<StoredLine>('SELECT file_id::text AS "fileId", message FROM log_lines');
  return rows;
}

/** Returns the beginning of the names of a database's indices. */
export async function indexPrefixOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>('SELECT database_id AS id FROM elasticsearch_indices');
  return `pilotlight-${rows[0]?.id}`;
}

/** Reads every line of a database, whether its file exists or not. */
export async function linesInElasticsearch(
  { ask }: ElasticsearchUnderFaults,
  client: pg.Client,
): Promise<StoredLine[]> {
  const lines = `${await indexPrefixOf(client)}-lines-*`;
  await ask('POST', `/${lines}/_refresh`);
  const query = `size=${MAX_LINES}&_source=file_id,message&allow_partial_search_results=false&track_total_hits=true`;
  const { hits } = (await ask('GET', `/${lines}/_search?${query}`)) as {
    hits: { total: { value: number }; hits: { _source: { file_id: string; message: string } }[] };
  };
  if (hits.total.value > MAX_LINES) throw new Error(`expected at most ${MAX_LINES} lines, got ${hits.total.value}`);
  return hits.hits.map(({ _source }) => ({ fileId: _source.file_id, message: _source.message }));
}
