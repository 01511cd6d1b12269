import { validate as isUuid } from 'uuid';
import { ContentFreed } from '../errors.ts';
import type { FileContent } from '../origin.ts';
import type { Connections } from './connections.ts';
import { readChunks } from './read-chunks.ts';

/** The first two bytes of every gzip file (RFC 1952). */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** Opens the uploaded bytes of a file. Implements `Files.content`. */
export async function openContent(reads: Connections, id: string): Promise<FileContent | null> {
  if (!isUuid(id)) return null;
  const [row] = await reads.queryOne<{
    id: string;
    name: string;
    size_bytes: number;
    of_stream: boolean;
    head: Buffer | null;
  }>(
    `SELECT files.id, name, size_bytes, of_stream, substring(bytes FOR 2) AS head
     FROM files LEFT JOIN upload_chunks ON file_id = files.id AND n = 0 AND chunks_freed_at IS NULL
     WHERE files.id = $1 AND status <> 'deleted'`,
    [id],
  );
  if (row === undefined) return null;
  if (row.head === null) throw new ContentFreed(row.id);
  return {
    id: row.id,
    name: row.name,
    sizeBytes: row.size_bytes,
    isGzipped: !row.of_stream && row.head.equals(GZIP_MAGIC),
    chunks: allChunks(reads, row.id, row.size_bytes),
  };
}

/** Yields all bytes of an upload. Rejects with `ContentFreed` if they are removed meanwhile, so no reader takes a part for the whole. */
async function* allChunks(reads: Connections, id: string, sizeBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of readChunks(reads, id)) {
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== sizeBytes) throw new ContentFreed(id);
}
