import { KeyReused } from '../errors.ts';
import type { Appended, IdempotencyKey } from '../streams.ts';
import type { Statements } from './until-aborted.ts';

/** Returns the answer of the earlier request with this key, or null if the key is unknown. Rejects with `KeyReused` if that had other lines. */
export async function earlierAnswer(
  client: Statements,
  { key, fingerprint }: IdempotencyKey,
  uploader: string | null,
): Promise<Appended | null> {
  const { rows } = await client.query<Appended & { isSame: boolean }>(
    `SELECT file_id AS "fileId", file_name AS "fileName", lines, size_bytes AS bytes, fingerprint = $3 AS "isSame"
     FROM idempotency_keys WHERE caller = $1 AND key = $2`,
    [uploader ?? '', key, fingerprint],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { isSame, ...appended } = row;
  if (!isSame) throw new KeyReused();
  return appended;
}
