import type { Connections } from './connections.ts';

/** Yields the bytes of an upload, with one chunk in memory at a time and no connection held in between. */
export async function* readChunks(connections: Connections, fileId: string): AsyncGenerator<Buffer> {
  for (let n = 0; ; n += 1) {
    const [chunk] = await connections.queryOne<{ bytes: Buffer }>(
      'SELECT bytes FROM upload_chunks WHERE file_id = $1 AND n = $2',
      [fileId, n],
    );
    if (chunk === undefined) return;
    yield chunk.bytes;
  }
}
