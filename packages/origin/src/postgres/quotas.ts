import type { PoolClient } from 'pg';
import { QuotaExceeded } from '../errors.ts';
import type { Quotas, Usage } from '../quotas.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import type { Statements } from './until-aborted.ts';

/** Returns whether a quota has a limit at all. */
export const hasLimit = ({ total, perUploader }: Quotas): boolean =>
  [total.bytes, total.files, perUploader.bytes, perUploader.files].some((limit) => limit !== null);

/** The addition to be checked. Lines that go to the open file of a stream add no file. */
interface Added {
  readonly uploader: string | null;
  readonly bytes: number;
  readonly files: 0 | 1;
}

/** Rejects with `QuotaExceeded` if the addition would exceed a quota of now. The open files of streams count. */
export async function checkQuotas(
  statements: Statements,
  quotas: Quotas,
  { uploader, bytes, files }: Added,
): Promise<void> {
  if (!hasLimit(quotas)) return;
  const { rows } = await statements.query<Usage & { own_files: number; own_bytes: number }>(
    `SELECT count(*) AS files, coalesce(sum(size_bytes), 0)::bigint AS bytes,
       count(*) FILTER (WHERE uploaded_by IS NOT DISTINCT FROM $1) AS own_files,
       coalesce(sum(size_bytes) FILTER (WHERE uploaded_by IS NOT DISTINCT FROM $1), 0)::bigint AS own_bytes
     FROM (
       SELECT size_bytes, uploaded_by FROM files WHERE status <> 'deleted'
       UNION ALL SELECT size_bytes, nullif(uploader, '') FROM ingest_streams WHERE file_id IS NOT NULL
     ) AS counted`,
    [uploader],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('expected one row of sums, got none');
  const checks = [
    { scope: 'total', limit: quotas.total, used: { files: row.files, bytes: row.bytes } },
    { scope: 'token', limit: quotas.perUploader, used: { files: row.own_files, bytes: row.own_bytes } },
  ] as const;
  for (const { scope, limit, used } of checks) {
    const isOver =
      (limit.files !== null && used.files + files > limit.files) ||
      (limit.bytes !== null && used.bytes + bytes > limit.bytes);
    if (isOver) throw new QuotaExceeded({ scope, limit, used, uploadBytes: bytes });
  }
}

/**
 * Does the same in the transaction that adds the bytes. Such transactions wait for each other from here to their end, so
 * concurrent uploads cannot exceed a quota together.
 */
export async function claimQuotas(client: PoolClient, quotas: Quotas, added: Added): Promise<void> {
  if (!hasLimit(quotas)) return;
  await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.quotas]);
  await checkQuotas(client, quotas, added);
}
