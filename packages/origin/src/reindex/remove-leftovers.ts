import type { Connections } from '../postgres/connections.ts';
import type { CopyOptions } from './copy-file.ts';

const FILES_PER_PAGE = 1_000;

/**
 * Removes the lines at the target of files that were deleted or have failed. Lines of files that the database has no record of are
 * removed only if `removeUnknown` is set: if the target belongs to another database, they are its data. Returns the number
 * of removed files and the ids of the others.
 */
export async function removeLeftovers({
  work,
  target,
  signal,
  removeUnknown = false,
}: CopyOptions & { removeUnknown?: boolean }): Promise<{ removed: number; unknown: string[] }> {
  const unknown: string[] = [];
  let removed = 0;
  for (let after: string | null = null, read = FILES_PER_PAGE; read === FILES_PER_PAGE; ) {
    signal?.throwIfAborted();
    const stored = await target.storedFiles(after, FILES_PER_PAGE);
    for (const { id, is_known } of await withoutFile(work, stored)) {
      if (!is_known && !removeUnknown) unknown.push(id);
      else {
        await target.remove(id, signal);
        removed += 1;
      }
    }
    read = stored.length;
    after = stored.at(-1) ?? after;
  }
  return { removed, unknown };
}

/**
 * Returns those of the files that have no lines by their status or have no row. A file without a row is known if its deletion is in
 * the outbox, which keeps it for a day at least. Lines are written after the row, so no new file is among them.
 */
async function withoutFile(work: Connections, ids: readonly string[]): Promise<{ id: string; is_known: boolean }[]> {
  return await work.query<{ id: string; is_known: boolean }>(
    `SELECT stored.id, files.id IS NOT NULL
       OR EXISTS (SELECT FROM outbox WHERE file_id = stored.id AND type = 'file.deleted') AS is_known
     FROM unnest($1::uuid[]) AS stored (id) LEFT JOIN files ON files.id = stored.id
     WHERE files.id IS NULL OR files.status NOT IN ('received', 'indexing', 'indexed')
     ORDER BY stored.id`,
    [ids],
  );
}
