import type {
  DomainEvent,
  FileStatus,
  FilesAnswer,
  FilesQuery,
  ListedState,
  LogFileDetail,
} from '@pilotlight/contracts';
import { validate as isUuid } from 'uuid';
import type { LogStore } from '../log-store/port.ts';
import type { FailedFile, FileContent, Files } from '../origin.ts';
import type { Connections } from './connections.ts';
import { deleteFile } from './delete-file.ts';
import { openContent } from './file-content.ts';
import { FILE_COLUMNS, type FileRow, RECORD_COUNT, toLogFile } from './file-row.ts';
import { decodeCursor, encodeCursor, type FilesPosition } from './files-cursor.ts';
import { IngestAttempt } from './ingest-attempt.ts';
import { removeChunks, removeContents } from './remove-contents.ts';
import type { Statements } from './until-aborted.ts';

/** Number of files read per query while chunks are freed. */
const FILES_PER_LOOK = 100;

export class PostgresFiles implements Files {
  readonly #reads: Connections;
  readonly #work: Connections;
  readonly #logs: LogStore;

  constructor(reads: Connections, work: Connections, logs: LogStore) {
    this.#reads = reads;
    this.#work = work;
    this.#logs = logs;
  }

  async list(query: FilesQuery, signal?: AbortSignal): Promise<FilesAnswer> {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
    return await this.#reads.snapshot(async (statements) => {
      const rows = await readPage(statements, query, after);
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      const next =
        rows.length > page.length && last !== undefined
          ? encodeCursor({ uploadedAt: last.uploaded_at, id: last.id })
          : null;
      return { files: page.map(toLogFile), stats: await readStats(statements), next };
    }, signal);
  }

  async get(id: string): Promise<LogFileDetail | null> {
    if (!isUuid(id)) return null;
    const [row] = await this.#reads.queryOne<FileRow & { position: number | null; applied_at: Date | null }>(
      `SELECT ${FILE_COLUMNS}, latest.position, latest.applied_at
       FROM files LEFT JOIN LATERAL (
         SELECT position, applied_at FROM outbox WHERE file_id = files.id ORDER BY created_at DESC, outbox.id DESC LIMIT 1
       ) latest ON true
       WHERE files.id = $1 AND status <> 'deleted'`,
      [id],
    );
    if (row === undefined) return null;
    const { position, applied_at, ...file } = row;
    const state = position === null ? 'pending' : 'applied';
    return { ...toLogFile(file), invalidation: { position, state, applied_at: applied_at?.toISOString() ?? null } };
  }

  async failed(limit: number): Promise<readonly FailedFile[]> {
    const rows = await this.#reads.query<Omit<FailedFile, 'uploaded_at'> & { uploaded_at: Date }>(
      `SELECT id, name, coalesce(error, '') AS reason, uploaded_at FROM files
       WHERE status = 'failed' ORDER BY uploaded_at DESC, id DESC LIMIT $1`,
      [limit],
    );
    return rows.map((row) => ({ ...row, uploaded_at: row.uploaded_at.toISOString() }));
  }

  async content(id: string): Promise<FileContent | null> {
    return await openContent(this.#reads, id);
  }

  async delete(id: string): Promise<DomainEvent | null> {
    if (!isUuid(id)) return null;
    return await this.#work.transaction((client) => deleteFile(client, id));
  }

  async purge(id: string, signal?: AbortSignal): Promise<void> {
    const [file] = await this.#work.query(`SELECT 1 FROM files WHERE id = $1 AND status = 'deleted'`, [id]);
    if (file === undefined) return;
    await removeContents({ work: this.#work, logs: this.#logs }, id, signal);
    // Runs last, so that an interrupted purge starts again.
    if (this.#logs.lateWriteMs === 0) await this.#forget(id);
    else await this.#work.queryOne('UPDATE files SET purged_at = clock_timestamp() WHERE id = $1', [id]);
  }

  async forgetPurged(signal?: AbortSignal): Promise<number> {
    let forgotten = 0;
    for (let found = FILES_PER_LOOK; found === FILES_PER_LOOK; ) {
      signal?.throwIfAborted();
      const files = await this.#work.query<{ id: string }>(
        `SELECT id FROM files
         WHERE status = 'deleted' AND purged_at <= clock_timestamp() - make_interval(secs => $1::float8 / 1000)
         ORDER BY purged_at LIMIT ${FILES_PER_LOOK}`,
        [this.#logs.lateWriteMs],
      );
      for (const { id } of files) {
        await this.#logs.remove(id, signal);
        await this.#forget(id);
      }
      found = files.length;
      forgotten += found;
    }
    return forgotten;
  }

  async #forget(id: string): Promise<void> {
    await this.#work.query(`DELETE FROM files WHERE id = $1 AND status = 'deleted'`, [id]);
  }

  async freeChunks(olderThanMs: number, signal?: AbortSignal): Promise<number> {
    let freed = 0;
    for (let found = FILES_PER_LOOK; found === FILES_PER_LOOK; ) {
      signal?.throwIfAborted();
      const files = await this.#work.query<{ id: string }>(
        `SELECT id FROM files
         WHERE chunks_freed_at IS NULL AND status IN ('indexed', 'failed') AND NOT (of_stream AND status = 'failed')
           AND uploaded_at <= clock_timestamp() - make_interval(secs => $1::float8 / 1000)
         ORDER BY uploaded_at LIMIT ${FILES_PER_LOOK}`,
        [olderThanMs],
      );
      for (const { id } of files) {
        await removeChunks(this.#work, id, signal);
        // Runs last, so that an interrupted run starts again.
        await this.#work.queryOne('UPDATE files SET chunks_freed_at = clock_timestamp() WHERE id = $1', [id]);
      }
      found = files.length;
      freed += found;
    }
    return freed;
  }

  async fail(id: string, reason: string): Promise<DomainEvent | null> {
    const attempt = await IngestAttempt.begin(this.#work, id);
    if (!(attempt instanceof IngestAttempt)) return null;
    const event = await attempt.fail(reason);
    await removeContents({ work: this.#work, logs: this.#logs }, id);
    return event;
  }
}

const STATUSES: Readonly<Record<ListedState, readonly FileStatus[]>> = {
  in_progress: ['received', 'indexing'],
  indexed: ['indexed'],
  failed: ['failed'],
};

/** Reads one file more than the page has, to know whether another page follows. */
async function readPage(
  statements: Statements,
  { limit, state, name }: FilesQuery,
  after: FilesPosition | null,
): Promise<FileRow[]> {
  const values: unknown[] = [limit + 1];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`status <> 'deleted'`];
  if (after !== null) conditions.push(`(uploaded_at, id) < (${parameter(after.uploadedAt)}, ${parameter(after.id)})`);
  if (state !== undefined) conditions.push(`status = ANY (${parameter(STATUSES[state])})`);
  if (name !== undefined) conditions.push(`position(lower(${parameter(name)}) IN lower(name)) > 0`);
  const { rows } = await statements.query<FileRow>(
    `SELECT ${FILE_COLUMNS} FROM files WHERE ${conditions.join(' AND ')}
     ORDER BY uploaded_at DESC, id DESC LIMIT $1`,
    values,
  );
  return rows;
}

interface SumsRow {
  status: FileStatus;
  files: number;
  bytes: number;
  lines: number;
  records: number;
}

async function readStats(statements: Statements): Promise<FilesAnswer['stats']> {
  const { rows } = await statements.query<SumsRow>(
    `SELECT status, count(*) AS files, sum(size_bytes)::bigint AS bytes, sum(line_count)::bigint AS lines,
       sum(${RECORD_COUNT})::bigint AS records
     FROM files WHERE status <> 'deleted' GROUP BY status`,
  );
  const stats: FilesAnswer['stats'] = {
    total_files: 0,
    total_bytes: 0,
    total_lines: 0,
    total_records: 0,
    by_status: { received: 0, indexing: 0, indexed: 0, failed: 0 },
  };
  for (const { status, files, bytes, lines, records } of rows) {
    stats.total_files += files;
    stats.total_bytes += bytes;
    stats.total_lines += lines;
    stats.total_records += records;
    stats.by_status[status] = files;
  }
  return stats;
}
