import type { LogStore } from '../log-store/port.ts';
import type { Connections } from './connections.ts';

/** Chunks are 1 MiB each. */
const CHUNKS_PER_DELETE = 64;

/**
 * Removes lines, noted progress and chunks of a file that is `failed` or `deleted`. The chunks of a failed file of a stream stay,
 * because its lines were acknowledged. Can be repeated, and resumed after an interruption.
 */
export async function removeContents(
  { work, logs }: { work: Connections; logs: LogStore },
  fileId: string,
  signal?: AbortSignal,
): Promise<void> {
  await logs.remove(fileId, signal);
  await work.queryOne('DELETE FROM ingest_progress WHERE file_id = $1', [fileId]);
  const kept = await work.queryOne(`SELECT FROM files WHERE id = $1 AND of_stream AND status = 'failed'`, [fileId]);
  if (kept.length === 0) await removeChunks(work, fileId, signal);
}

/** Removes the chunks of a file or an upload in bounded batches. */
export async function removeChunks(connections: Connections, fileId: string, signal?: AbortSignal): Promise<void> {
  for (let removed = CHUNKS_PER_DELETE; removed === CHUNKS_PER_DELETE; ) {
    signal?.throwIfAborted();
    const rows = await connections.query(
      `DELETE FROM upload_chunks WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM upload_chunks WHERE file_id = $1 LIMIT ${CHUNKS_PER_DELETE})) RETURNING n`,
      [fileId],
    );
    removed = rows.length;
  }
}
