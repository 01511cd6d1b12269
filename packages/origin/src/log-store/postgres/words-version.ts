import type { PoolClient } from 'pg';
import type { Statements } from '../../postgres/until-aborted.ts';

/**
 * The version of the words that this release writes. 1: words of the message only, with accents, and a run of Chinese characters as
 * one word. 2: words of the columns too, without accents, and each Chinese character as a word.
 */
const WORDS_VERSION = 2;

/** SQL condition on `files`: the words of the records have an earlier version. */
export const HAS_EARLIER_WORDS = `NOT EXISTS (SELECT FROM file_words
  WHERE file_id = files.id AND attempt = files.ingest_attempt AND version = ${WORDS_VERSION})`;

/** Records that an attempt has written words of the current version, in the transaction of `client`. */
export async function storeWordsVersion(client: PoolClient, fileId: string, attempt: number): Promise<void> {
  await client.query(
    `INSERT INTO file_words (file_id, attempt, version) VALUES ($1, $2, ${WORDS_VERSION})
     ON CONFLICT (file_id) DO UPDATE SET attempt = excluded.attempt, version = excluded.version`,
    [fileId, attempt],
  );
}

/** Returns the visible files whose words have an earlier version. */
export async function filesOfEarlierWords(statements: Statements): Promise<string[]> {
  const { rows } = await statements.query<{ id: string }>(
    `SELECT id FROM files WHERE status = 'indexed' AND ${HAS_EARLIER_WORDS}`,
  );
  return rows.map(({ id }) => id);
}
