import type { Level } from '@pilotlight/contracts';
import { NIL } from 'uuid';
import type { LogRecord } from '../../log-record.ts';
import type { Connections } from '../../postgres/connections.ts';
import type { LevelCounts } from '../record-transfer.ts';
import { levelOfCode } from './level-codes.ts';

/** A record takes up to 64 KiB, and a whole batch is in memory at once. */
const BATCH_RECORDS = 500;

interface LineRow extends Omit<LogRecord, 'timestamp' | 'level' | 'responseTimeMs' | 'fields'> {
  timestamp: Date | null;
  level: number;
  response_time_ms: number | null;
  fields: Record<string, unknown> | null;
}

/** Implements `RecordTransfer.read`: each batch is one query of the primary key. */
export async function* readRecords(
  connections: Connections,
  fileId: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly LogRecord[]> {
  for (let after = 0, read = BATCH_RECORDS; read === BATCH_RECORDS; ) {
    signal?.throwIfAborted();
    const rows = await connections.query<LineRow>(
      `SELECT line, coalesce(line_end, line) AS "lineEnd", "timestamp", level, service, message, source, method, path, status, response_time_ms, fields
       FROM log_lines WHERE file_id = $1 AND line > $2 ORDER BY line LIMIT ${BATCH_RECORDS}`,
      [fileId, after],
    );
    read = rows.length;
    after = rows.at(-1)?.line ?? after;
    if (read > 0) yield rows.map(toRecord);
  }
}

function toRecord({ timestamp, level, response_time_ms, fields, ...columns }: LineRow): LogRecord {
  return {
    ...columns,
    timestamp: timestamp?.toISOString() ?? null,
    level: levelOfCode(level),
    responseTimeMs: response_time_ms,
    fields: fields ?? {},
  };
}

/** Implements `RecordTransfer.countLevels`. */
export async function countLevels(
  connections: Connections,
  fileIds: readonly string[],
): Promise<ReadonlyMap<string, LevelCounts>> {
  const rows = await connections.query<{ file_id: string; level: number; lines: number }>(
    'SELECT file_id, level, count(*) AS lines FROM log_lines WHERE file_id = ANY($1::uuid[]) GROUP BY file_id, level',
    [fileIds],
  );
  const counts = new Map<string, Partial<Record<Level, number>>>();
  for (const { file_id, level, lines } of rows) {
    counts.set(file_id, { ...counts.get(file_id), [levelOfCode(level)]: lines });
  }
  return counts;
}

/** Implements `RecordTransfer.storedFiles`. The recursion takes one look-up of the primary key per file. */
export async function storedFiles(connections: Connections, after: string | null, limit: number): Promise<string[]> {
  const rows = await connections.query<{ file_id: string }>(
    `WITH RECURSIVE with_lines (file_id) AS (
       (SELECT file_id FROM log_lines WHERE file_id > $1 ORDER BY file_id LIMIT 1)
       UNION ALL
       SELECT (SELECT file_id FROM log_lines WHERE file_id > with_lines.file_id ORDER BY file_id LIMIT 1)
       FROM with_lines WHERE file_id IS NOT NULL
     ), counted AS (
       SELECT file_id FROM file_roll_ups WHERE file_id > $1 ORDER BY file_id LIMIT $2
     )
     SELECT file_id FROM (
       (SELECT file_id FROM with_lines WHERE file_id IS NOT NULL LIMIT $2) UNION SELECT file_id FROM counted
     ) stored ORDER BY file_id LIMIT $2`,
    [after ?? NIL, limit],
  );
  return rows.map(({ file_id }) => file_id);
}
