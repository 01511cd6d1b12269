import { domainEventSchema } from '@pilotlight/contracts';
import { validate as isUuid } from 'uuid';
import type { FileProgress, Progress } from '../progress.ts';
import type { Connections } from './connections.ts';
import { FILE_COLUMNS, type FileRow, toLogFile } from './file-row.ts';

interface ProgressRow extends FileRow {
  reading: FileProgress['reading'];
  event_id: string | null;
  payload: unknown;
  position: number | null;
  applied_ms_ago: number | null;
  warmed: string[];
}

const SELECT_PROGRESS = `SELECT ${FILE_COLUMNS}, ended.event_id, ended.payload, ended.position,
    CASE WHEN reading.attempt IS NOT NULL AND status = 'indexing' THEN
      json_build_object('attempt', reading.attempt, 'lines', reading.lines, 'bytes', reading.bytes) END AS reading,
    (extract(epoch FROM clock_timestamp() - ended.applied_at) * 1000)::float8 AS applied_ms_ago,
    ARRAY(SELECT prefix FROM warmings WHERE began_at >= ended.applied_at) AS warmed
  FROM files
  LEFT JOIN ingest_progress reading ON reading.file_id = files.id
  LEFT JOIN LATERAL (
    SELECT id AS event_id, payload, position, applied_at FROM outbox
    WHERE file_id = files.id AND type IN ('file.indexed', 'file.failed') ORDER BY created_at DESC, outbox.id DESC LIMIT 1
  ) ended ON true
  WHERE files.id = ANY($1) AND status <> 'deleted'`;

export class PostgresProgress implements Progress {
  readonly #reads: Connections;
  readonly #work: Connections;

  constructor(reads: Connections, work: Connections) {
    this.#reads = reads;
    this.#work = work;
  }

  async of(fileIds: readonly string[]): Promise<Map<string, FileProgress>> {
    const ids = fileIds.filter((id) => isUuid(id));
    const rows = ids.length === 0 ? [] : await this.#reads.queryOne<ProgressRow>(SELECT_PROGRESS, [ids]);
    return new Map(rows.map((row) => [row.id, toProgress(row)]));
  }

  async now(): Promise<string> {
    const [row] = await this.#work.queryOne<{ now: string }>('SELECT clock_timestamp()::text AS now');
    if (row === undefined) throw new Error('expected the time of the database, got no row');
    return row.now;
  }

  async noteWarmed(prefix: string, beganAt: string): Promise<void> {
    await this.#work.queryOne(
      `INSERT INTO warmings VALUES ($1, $2)
       ON CONFLICT (prefix) DO UPDATE SET began_at = excluded.began_at WHERE warmings.began_at < excluded.began_at`,
      [prefix, beganAt],
    );
  }
}

function toProgress(row: ProgressRow): FileProgress {
  const { reading, event_id, payload, position, applied_ms_ago: appliedMsAgo, warmed, ...file } = row;
  const event = domainEventSchema.safeParse(payload).data ?? null;
  return { file: toLogFile(file), reading, end: event_id === null ? null : { event, position, appliedMsAgo, warmed } };
}

/** The time between two notes of one attempt, in ms; the first comes this long after the begin. */
const NOTE_EVERY_MS = 500;

/** Notes how far an attempt has come, at a bounded rate. A file that is read in less than half a second is not noted. */
export class ProgressNotes {
  readonly #connections: Connections;
  readonly #attempt: { readonly fileId: string; readonly number: number };
  #notedAt = performance.now();

  constructor(connections: Connections, attempt: { readonly fileId: string; readonly number: number }) {
    this.#connections = connections;
    this.#attempt = attempt;
  }

  /** Resolves once the progress is noted, or at once if it is not yet time for it. */
  async note({ lines, bytes }: { lines: number; bytes: number }): Promise<void> {
    if (performance.now() - this.#notedAt < NOTE_EVERY_MS) return;
    const { fileId, number } = this.#attempt;
    await this.#connections.queryOne(
      `INSERT INTO ingest_progress SELECT id, $2, $3, $4 FROM files
         WHERE id = $1 AND ingest_attempt = $2 AND status = 'indexing'
       ON CONFLICT (file_id) DO UPDATE SET attempt = excluded.attempt, lines = excluded.lines, bytes = excluded.bytes
         WHERE ingest_progress.attempt <= excluded.attempt`,
      [fileId, number, lines, bytes],
    );
    this.#notedAt = performance.now();
  }
}
