import type { Connections } from './connections.ts';

/**
 * Gives an indexed file a new attempt number, for a copy of its records to another store. Every earlier writer of the file, an
 * ingest or a copy, is fenced off by it. The words in Postgres stay current, because their version belongs to the attempt. Returns
 * null if the file is not `indexed`: it was deleted.
 */
export async function beginCopy(connections: Connections, fileId: string): Promise<number | null> {
  const [row] = await connections.queryOne<{ ingest_attempt: number }>(
    `WITH file AS (
       UPDATE files SET ingest_attempt = ingest_attempt + 1 WHERE id = $1 AND status = 'indexed' RETURNING id, ingest_attempt
     ), words AS (
       UPDATE file_words SET attempt = ingest_attempt FROM file WHERE file_id = id AND attempt = ingest_attempt - 1
     ) SELECT ingest_attempt FROM file`,
    [fileId],
  );
  return row?.ingest_attempt ?? null;
}
