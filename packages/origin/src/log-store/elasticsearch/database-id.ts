import type { Connections } from '../../postgres/connections.ts';

/**
 * Returns the id of a database in the names of its indices. The first call creates it. A copy of the database has the
 * same id.
 */
export async function databaseIdOf(work: Connections): Promise<string> {
  await work.query('INSERT INTO elasticsearch_indices DEFAULT VALUES ON CONFLICT DO NOTHING');
  const [row] = await work.queryOne<{ database_id: string }>('SELECT database_id FROM elasticsearch_indices');
  if (row === undefined) throw new Error('expected one row in elasticsearch_indices, got none');
  return row.database_id;
}
