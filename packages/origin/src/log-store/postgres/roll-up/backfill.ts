import { escapeLiteral } from 'pg';
import type { LogRecord } from '../../../log-record.ts';
import type { Connections } from '../../../postgres/connections.ts';
import { levelOfCode } from '../level-codes.ts';
import { FileRollUp } from './file-roll-up.ts';
import { removeRollUp, storeRollUp } from './store-roll-up.ts';

const LINES_PER_READ = 10_000;

interface LineRow {
  line: number;
  timestamp: Date | null;
  level: number;
  service: string | null;
  source: string | null;
  response_time_ms: number | null;
}

/**
 * Counts the records of files that older code indexed, newest file first, until about `maxLines` lines are read. Returns the number of
 * files. An interrupted call loses the file that it was reading; the next call starts that file again.
 */
export async function backfill(work: Connections, maxLines: number, signal?: AbortSignal): Promise<number> {
  let files = 0;
  for (let lines = 0; lines < maxLines; ) {
    const [file] = await work.query<{ id: string }>(
      `SELECT id FROM files WHERE status = 'indexed' AND NOT EXISTS (SELECT FROM file_roll_ups WHERE file_id = id)
       ORDER BY uploaded_at DESC, id DESC LIMIT 1`,
    );
    if (file === undefined) break;
    lines += await countFile(work, file.id, signal);
    files += 1;
  }
  return files;
}

/** Returns the number of lines of the file. */
async function countFile(work: Connections, fileId: string, signal?: AbortSignal): Promise<number> {
  const rollUp = new FileRollUp();
  let lines = 0;
  for (let after = 0, read = LINES_PER_READ; read === LINES_PER_READ; ) {
    signal?.throwIfAborted();
    const rows = await work.query<LineRow>(
      `SELECT line, "timestamp", level, service, source, response_time_ms FROM log_lines
       WHERE file_id = $1 AND line > $2 ORDER BY line LIMIT ${LINES_PER_READ}`,
      [fileId, after],
    );
    rollUp.add(rows.map(toRecord));
    read = rows.length;
    lines += read;
    after = rows.at(-1)?.line ?? after;
  }
  await work.transaction(async (client) => {
    // The lock keeps the file from being deleted, and others from storing counts, until COMMIT.
    await client.query('SELECT FROM files WHERE id = $1 FOR NO KEY UPDATE', [fileId]);
    // A statement of its own: it sees the counts that were committed while the lock was awaited.
    const { rowCount } = await client.query(
      `SELECT FROM files WHERE id = $1 AND status = 'indexed' AND NOT EXISTS (SELECT FROM file_roll_ups WHERE file_id = id)`,
      [fileId],
    );
    if (rowCount === 0) return;
    await client.query(removeRollUp(escapeLiteral(fileId)));
    await storeRollUp(client, fileId, rollUp);
  });
  return lines;
}

function toRecord({ line, timestamp, level, service, source, response_time_ms }: LineRow): LogRecord {
  return {
    line,
    lineEnd: line,
    timestamp: timestamp?.toISOString() ?? null,
    level: levelOfCode(level),
    service,
    source,
    responseTimeMs: response_time_ms,
    message: '',
    method: null,
    path: null,
    status: null,
    fields: {},
  };
}
