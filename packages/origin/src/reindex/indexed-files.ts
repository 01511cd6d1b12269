import type { Connections } from '../postgres/connections.ts';
import { RECORD_COUNT } from '../postgres/file-row.ts';

/** Files per query. Both stores count the records of this number of files at a time. */
const FILES_PER_PAGE = 500;

export interface IndexedFile {
  id: string;
  /** Number of records that the file's row has. */
  records: number;
}

/** Yields the indexed files in pages, in the order of their ids. A file that is indexed meanwhile may be missing. */
export async function* indexedFiles(work: Connections): AsyncGenerator<IndexedFile[]> {
  for (let after: string | null = null, read = FILES_PER_PAGE; read === FILES_PER_PAGE; ) {
    const page: IndexedFile[] = await work.query<IndexedFile & Record<string, unknown>>(
      `SELECT id, ${RECORD_COUNT} AS records FROM files
       WHERE status = 'indexed' AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT ${FILES_PER_PAGE}`,
      [after],
    );
    read = page.length;
    after = page.at(-1)?.id ?? after;
    if (read > 0) yield page;
  }
}

/** Returns the number of indexed files and of their records. */
export async function countIndexed(work: Connections): Promise<{ files: number; records: number }> {
  const [row] = await work.query<{ files: number; records: number }>(
    `SELECT count(*) AS files, coalesce(sum(${RECORD_COUNT}), 0)::bigint AS records FROM files WHERE status = 'indexed'`,
  );
  return row ?? { files: 0, records: 0 };
}

export async function isIndexed(work: Connections, fileId: string): Promise<boolean> {
  const rows = await work.queryOne(`SELECT 1 FROM files WHERE id = $1 AND status = 'indexed'`, [fileId]);
  return rows.length > 0;
}
