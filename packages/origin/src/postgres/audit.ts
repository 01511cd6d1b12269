import type { AuditQuery, AuditRecord } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import type { AuditBounds, AuditStore, NewAuditRecord } from '../audit.ts';
import type { Connections } from './connections.ts';

/** Records per statement of a removal: it takes a fraction of a second. */
const PER_DELETE = 10_000;

const INSERT = `INSERT INTO audit_log (at, action, token, address, request_id, path, input, status, count)
  SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[])`;

const LIST = `SELECT id, at, action, token, address, request_id, path, input, status, count FROM audit_log
  WHERE id < $1 ORDER BY id DESC LIMIT $2`;

/** Identity columns have gaps, so the oldest record to keep is found by counting. */
const PRUNE = `DELETE FROM audit_log WHERE id IN (
  (SELECT id FROM audit_log WHERE at < now() - make_interval(secs => $1::float8 / 1000) ORDER BY at LIMIT $3)
  UNION ALL
  (SELECT id FROM audit_log WHERE id <= (SELECT id FROM audit_log ORDER BY id DESC OFFSET $2 LIMIT 1) ORDER BY id LIMIT $3))
  RETURNING id`;

type Row = Omit<AuditRecord, 'at' | 'input'> & { at: Date; input: string | null };

export class PostgresAudit implements AuditStore {
  readonly #work: Connections;

  constructor(work: Connections) {
    this.#work = work;
  }

  async append(records: readonly NewAuditRecord[]): Promise<void> {
    await this.#work.queryOne(INSERT, columnsOf(records));
  }

  async list({ limit, before = Number.MAX_SAFE_INTEGER }: AuditQuery) {
    const rows = await this.#work.query<Row>(LIST, [before, limit + 1]);
    const records = rows.slice(0, limit).map(({ at, input, ...row }) => ({
      ...row,
      at: at.toISOString(),
      input: input === null ? null : (JSON.parse(input) as Record<string, unknown>),
    }));
    return { records, next: rows.length > limit ? (records.at(-1)?.id ?? null) : null };
  }

  async prune({ keptMs, maxRecords }: AuditBounds): Promise<number> {
    const removed = await this.#work.query(PRUNE, [keptMs, maxRecords, PER_DELETE]);
    return removed.length;
  }
}

/** Writes a record in the caller's transaction. */
export async function appendAudit(client: PoolClient, record: NewAuditRecord): Promise<void> {
  await client.query(INSERT, columnsOf([record]));
}

function columnsOf(records: readonly NewAuditRecord[]): unknown[] {
  const column = (pick: (record: NewAuditRecord) => unknown) => records.map(pick);
  return [
    column(({ at }) => at),
    column(({ action }) => action),
    column(({ token }) => token),
    column(({ address }) => address),
    column(({ request_id }) => request_id),
    column(({ path }) => path),
    column(({ input }) => (input === null ? null : JSON.stringify(input))),
    column(({ status }) => status),
    column(({ count }) => count),
  ];
}
