import type { Connections } from './connections.ts';

/** The chunks of a stream's file are as small as the requests that brought them, so that many of them are read at once. */
const MAX_CHUNKS = 256;
const MAX_BYTES = 1024 * 1024;

/** Yields the bytes of an upload, with one chunk, or a few small ones, in memory at a time and no connection held in between. */
export async function* readChunks(connections: Connections, fileId: string): AsyncGenerator<Buffer> {
  for (let n = 0; ; ) {
    const chunks = await connections.queryOne<{ bytes: Buffer }>(CHUNKS_FROM, [fileId, n, MAX_CHUNKS, MAX_BYTES]);
    if (chunks.length === 0) return;
    n += chunks.length;
    yield chunks.length === 1 && chunks[0] ? chunks[0].bytes : Buffer.concat(chunks.map(({ bytes }) => bytes));
  }
}

/** The first chunk in any case, and the next ones while those before them have less than the maximum. */
const CHUNKS_FROM = `SELECT bytes FROM (
    SELECT n, bytes, sum(octet_length(bytes)) OVER (ORDER BY n) - octet_length(bytes) AS bytes_before
    FROM (SELECT n, bytes FROM upload_chunks WHERE file_id = $1 AND n >= $2 ORDER BY n LIMIT $3) AS next) AS sized
  WHERE bytes_before < $4 ORDER BY n`;
