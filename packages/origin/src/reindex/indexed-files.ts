import type { Connections } from '../postgres/connections.ts';

/** Files per query. Both stores count the lines of this number of files at a time. */
const FILES_PER_PAGE = 500;

export interface IndexedFile {
  id: string;
  /** Number of lines that the file's row has. */
  lines: number;
}

/** Yields the indexed files in pages, in the order of their ids. A file that is indexed meanwhile may be missing. */
export async function* indexedFiles(work: Connections): AsyncGenerator<IndexedFile[]> {
  for (let after: string | null = null, read = FILES_PER_PAGE; read === FILES_PER_PAGE; ) {
    const page: IndexedFile[] = await work.query<IndexedFile & Record<string, unknown>>(
      `SELECT id, line_count AS lines FROM files
       WHERE status = 'indexed' AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT ${FILES_PER_PAGE}`,
      [after],
    );
    read = page.length;
    after = page.at(-1)?.id ?? after;
    if (read > 0) yield page;
  }
}

/** Returns the number of indexed files and of their lines. */
export async function countIndexed(work: Connections): Promise<{ files: number; lines: number }> {
  const [row] = await work.query<{ files: number; lines: number }>(
    `SELECT count(*) AS files, coalesce(sum(line_count), 0)::bigint AS lines FROM files WHERE status = 'indexed'`,
  );
  return row ?? { files: 0, lines: 0 };
}

export async function isIndexed(work: Connections, fileId: string): Promise<boolean> {
  const rows = await work.queryOne(`SELECT 1 FROM files WHERE id = $1 AND status = 'indexed'`, [fileId]);
  return rows.length > 0;
}
