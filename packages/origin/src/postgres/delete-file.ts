import { type DomainEvent, extentSchema, type FileStatus, NO_RECORDS } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import { appendEvent } from './append-event.ts';

/**
 * Hides a file from every answer and writes its event, in the caller's transaction. Returns null if the file does not
 * exist or was deleted before.
 */
export async function deleteFile(client: PoolClient, id: string): Promise<DomainEvent | null> {
  const { rows } = await client.query<{ status: FileStatus; extent: unknown }>(
    `SELECT status, extent FROM files WHERE id = $1 AND status <> 'deleted' FOR UPDATE`,
    [id],
  );
  const [file] = rows;
  if (file === undefined) return null;
  await client.query(`UPDATE files SET status = 'deleted' WHERE id = $1`, [id]);
  // Only the records of indexed files were in any answer. A file indexed by an earlier version has no extent.
  const extent = file.status === 'indexed' ? extentSchema.safeParse(file.extent).data : NO_RECORDS;
  // Uses the id as stored: the caller may have written it in capitals.
  return await appendEvent(client, 'file.deleted', id.toLowerCase(), extent);
}
