import type { Extent } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import { appendEvent } from '../../postgres/append-event.ts';
import type { Connections } from '../../postgres/connections.ts';
import { columnTextsOf, searchedWordsOf } from '../searched-texts.ts';
import { tsvectorOf } from './encode-words.ts';
import { HAS_EARLIER_WORDS, storeWordsVersion } from './words-version.ts';

/** Lines of 64 KiB each fit the memory of a worker. */
const LINES_PER_READ = 1_000;

interface LineRow {
  line: number;
  message: string;
  service: string | null;
  source: string | null;
  method: string | null;
  path: string | null;
  status: number | null;
  fields: Record<string, unknown> | null;
}

/**
 * Splits the words of files that an earlier release indexed, newest file first, until about `maxLines` lines are read. Returns the
 * number of files. Each file is one transaction, so that its records always have words of one version; an interrupted call loses the
 * file that it was changing. Each file has an event, because searches of it may change.
 */
export async function splitWordsAgain(work: Connections, maxLines: number, signal?: AbortSignal): Promise<number> {
  let files = 0;
  for (let lines = 0; lines < maxLines; files += 1) {
    const [file] = await work.query<{ id: string; attempt: number }>(
      `SELECT id, ingest_attempt AS attempt FROM files WHERE status = 'indexed' AND ${HAS_EARLIER_WORDS}
       ORDER BY uploaded_at DESC, id DESC LIMIT 1`,
    );
    if (file === undefined) break;
    lines += await work.transaction((client) => splitFile(client, file, signal)).catch(linesOfOvertaken);
  }
  return files;
}

/** The file was deleted, or another attempt has begun. Only `splitFile` throws it, to roll its words back. */
class Overtaken extends Error {
  readonly lines: number;

  constructor(lines: number) {
    super('another attempt has begun');
    this.lines = lines;
  }
}

function linesOfOvertaken(error: unknown): number {
  if (error instanceof Overtaken) return error.lines;
  throw error;
}

/** Returns the number of lines of the file. Rejects with `Overtaken`. */
async function splitFile(
  client: PoolClient,
  { id, attempt }: { id: string; attempt: number },
  signal?: AbortSignal,
): Promise<number> {
  let lines = 0;
  for (let after = 0, read = LINES_PER_READ; read === LINES_PER_READ; ) {
    signal?.throwIfAborted();
    const { rows } = await client.query<LineRow>(
      `SELECT line, message, service, source, method, path, status, fields FROM log_lines
       WHERE file_id = $1 AND line > $2 ORDER BY line LIMIT ${LINES_PER_READ}`,
      [id, after],
    );
    await storeWords(client, id, rows);
    read = rows.length;
    lines += read;
    after = rows.at(-1)?.line ?? after;
  }
  // The lock keeps the file from being deleted until COMMIT.
  const { rows: visible } = await client.query<{ extent: Extent | null }>(
    `SELECT extent FROM files WHERE id = $1 AND status = 'indexed' AND ingest_attempt = $2 FOR NO KEY UPDATE`,
    [id, attempt],
  );
  const [file] = visible;
  // New words without their version would be searched as earlier ones.
  if (file === undefined) throw new Overtaken(lines);
  await storeWordsVersion(client, id, attempt);
  await appendEvent(client, 'file.changed', id, file.extent ?? undefined);
  return lines;
}

/** Writes only the lines whose words change: most ASCII text has the same words. */
async function storeWords(client: PoolClient, fileId: string, rows: readonly LineRow[]): Promise<void> {
  await client.query(
    `UPDATE log_lines SET search = again.search::tsvector
     FROM unnest($2::integer[], $3::text[]) AS again (line, search)
     WHERE file_id = $1 AND log_lines.line = again.line AND log_lines.search <> again.search::tsvector`,
    [fileId, rows.map(({ line }) => line), rows.map(wordsOfRow)],
  );
}

function wordsOfRow({ message, fields, ...columns }: LineRow): string {
  return tsvectorOf(searchedWordsOf(message, columnTextsOf({ ...columns, fields: fields ?? {} })));
}
