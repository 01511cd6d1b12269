import type { DomainEvent, DueFile, FileSums, RetentionPlan, RetentionRules } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import type { Retention, RetentionOptions, RetentionRun } from '../retention.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { appendAudit } from './audit.ts';
import type { Connections } from './connections.ts';
import { deleteFile } from './delete-file.ts';

/** Number of files per transaction. Their row locks are held for about a tenth of a second. */
const FILES_PER_BATCH = 100;

type DueRow = Omit<DueFile, 'newest_at'> & { newest_at: Date };

/** The sums of a batch; null if another process holds the lock. */
type Batch = (FileSums & { events: DomainEvent[]; found: number }) | null;

export class PostgresRetention implements Retention {
  readonly #reads: Connections;
  readonly #work: Connections;

  constructor(reads: Connections, work: Connections) {
    this.#reads = reads;
    this.#work = work;
  }

  async plan(rules: RetentionRules, limit: number): Promise<RetentionPlan> {
    return await this.#reads.snapshot(async (statements) => {
      const stored = await statements.query<FileSums>(`${FILES} ${SUMS} FROM sized`);
      const due = await statements.query<FileSums>(`${FILES}, ${DUE} ${SUMS} FROM due`, rulesOf(rules));
      const { rows } = await statements.query<DueRow>(DUE_FIRST, [...rulesOf(rules), limit]);
      const files = rows.map((row) => ({ ...row, newest_at: row.newest_at.toISOString() }));
      return { rules, stored: oneOf(stored.rows), due: oneOf(due.rows), files };
    });
  }

  async apply(rules: RetentionRules, options: RetentionOptions): Promise<RetentionRun> {
    const { maxFiles, auditAction = null, onDeleted, signal } = options;
    const done = { files: 0, bytes: 0, lines: 0 };
    if (rules.days === null && rules.bytes === null) return { outcome: 'done', ...done };
    while (done.files < maxFiles) {
      signal?.throwIfAborted();
      const batch = await this.#work.transaction(async (client) => {
        const deleted = await deleteBatch(client, rules);
        if (auditAction !== null && deleted !== null) await recordBatch(client, auditAction, { rules, ...deleted });
        return deleted;
      });
      if (batch === null) return { outcome: 'busy', ...done };
      await onDeleted?.(batch.events);
      done.files += batch.files;
      done.bytes += batch.bytes;
      done.lines += batch.lines;
      if (batch.found < FILES_PER_BATCH) return { outcome: 'done', ...done };
    }
    return { outcome: 'more', ...done };
  }
}

async function deleteBatch(client: PoolClient, rules: RetentionRules): Promise<Batch> {
  const lock = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
    ADVISORY_LOCKS.retention,
  ]);
  if (lock.rows[0]?.locked !== true) return null;
  const { rows } = await client.query<DueRow>(DUE_FIRST, [...rulesOf(rules), FILES_PER_BATCH]);
  const batch = { files: 0, bytes: 0, lines: 0, events: [] as DomainEvent[], found: rows.length };
  for (const { id, bytes, lines } of rows) {
    const event = await deleteFile(client, id);
    // A request deleted it meanwhile.
    if (event === null) continue;
    batch.events.push(event);
    batch.files += 1;
    batch.bytes += bytes;
    batch.lines += lines;
  }
  return batch;
}

async function recordBatch(
  client: PoolClient,
  action: string,
  { rules, files, bytes, lines, events }: NonNullable<Batch> & { rules: RetentionRules },
): Promise<void> {
  if (files === 0) return;
  const input = { rules, bytes, lines, files: events.map(({ fileId }) => fileId) };
  const noRequest = { token: null, request_id: null, path: null };
  await appendAudit(client, {
    at: new Date().toISOString(),
    action,
    address: 'worker',
    input,
    status: 200,
    count: files,
    ...noRequest,
  });
}

const rulesOf = ({ days, bytes }: RetentionRules): unknown[] => [days, bytes];

function oneOf(rows: readonly FileSums[]): FileSums {
  const [row] = rows;
  if (row === undefined) throw new Error('expected one row of sums, got none');
  return row;
}

/**
 * Every file that exists. A record cannot be newer than its upload, so a later time does not keep a file. `least` ignores
 * null, so a file without times has the age of its upload.
 */
const FILES = `WITH sized AS (
    SELECT id, name, line_count AS lines, status IN ('indexed', 'failed') AS has_ended,
      least(last_timestamp, uploaded_at) AS newest_at,
      CASE status WHEN 'indexed' THEN coalesce(stored_bytes, size_bytes) ELSE 0 END
        + CASE WHEN chunks_freed_at IS NULL AND status <> 'failed' THEN size_bytes ELSE 0 END AS bytes
    FROM files WHERE status <> 'deleted')`;

/** The sum of a file covers itself, every newer file, and every file whose ingest has not ended: that is never due. */
const DUE = `summed AS (
    SELECT *, sum(bytes) OVER (ORDER BY has_ended, newest_at DESC, id DESC ROWS UNBOUNDED PRECEDING) AS kept_bytes,
      newest_at < now() - make_interval(secs => $1::float8 * 86400) AS is_old
    FROM sized),
  due AS (SELECT * FROM summed WHERE has_ended AND (is_old OR kept_bytes > $2::bigint))`;

const SUMS = `SELECT count(*) AS files, coalesce(sum(bytes), 0)::bigint AS bytes,
    coalesce(sum(lines), 0)::bigint AS lines`;

const DUE_FIRST = `${FILES}, ${DUE}
  SELECT id, name, CASE WHEN is_old THEN 'age' ELSE 'bytes' END AS reason, newest_at, bytes, lines
  FROM due ORDER BY newest_at, id LIMIT $3`;
