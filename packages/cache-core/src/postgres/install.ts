import { InvalidArgument } from '../model/errors.ts';
import { OUTBOX_VERSION, outboxSql, TRIGGERS_PER_TABLE, triggersSql } from './outbox-sql.ts';
import { type PostgresPool, rowsOf, type Statements } from './pool.ts';
import type { ResolvedTable, ResolvedWatch } from './table-options.ts';
import { inTransaction } from './transaction.ts';

/** The outbox and the triggers of the watched tables. */
export interface Installation {
  /** A part of each event id. */
  readonly id: string;
  /** The watched tables by their names with their schemas, as the outbox has them. */
  readonly tables: ReadonlyMap<string, ResolvedTable>;
}

/** Processes that install at the same time take turns. */
const INSTALL_LOCK = 1;
/** While the outbox is read, no other process reads it. */
export const READ_LOCK = 2;

/** A lock on a table lets its readers and writers queue, so it is tried for a short time, and again after a pause. */
const LOCK_TIMEOUT = '2s';
const MAX_TRIES = 10;
const PAUSE_MS = 500;
/** SQLSTATEs of `lock_timeout` and of a deadlock. */
const LOCK_CONFLICTS = ['55P03', '40P01'];

type Watch = Pick<ResolvedWatch, 'schema' | 'tables' | 'maxRows' | 'clock'>;

/**
 * Creates the outbox, and the triggers of each table, if they are missing. A table whose triggers are new gets a change of the
 * whole table, in the transaction that creates them: earlier changes were not noted.
 *
 * @throws {InvalidArgument} for a table or a column that does not exist, and for an outbox of a later version
 */
export async function install(pool: PostgresPool, watch: Watch): Promise<Installation> {
  const id = (await idOf(pool, watch)) ?? (await locked(pool, watch, (client) => createOutbox(client, watch.schema)));
  const tables = new Map<string, ResolvedTable>();
  for (const table of watch.tables) {
    const name = await inTransaction(pool, {}, (client) => checkedName(client, table));
    if (tables.has(name)) throw new InvalidArgument('tables', 'each table once', table.name);
    tables.set(name, table);
    const isCurrent = await inTransaction(pool, {}, (client) => hasTriggers(client, name, { ...watch, table }));
    if (!isCurrent) await locked(pool, watch, (client) => createTriggers(client, name, { ...watch, table }));
  }
  return { id, tables };
}

/**
 * Creates the triggers of watched tables that lack one, because the table was replaced or a trigger dropped or disabled.
 * Skips a table that does not exist now.
 */
export async function restore(pool: PostgresPool, watch: Watch, { tables }: Installation): Promise<string[]> {
  const restored: string[] = [];
  for (const [name, table] of tables) {
    const lacks = await inTransaction(pool, {}, async (client) => {
      const [table] = await rowsOf<{ exists: boolean }>(client, 'SELECT to_regclass($1) IS NOT NULL AS exists', [name]);
      return table?.exists === true && (await lacksTrigger(client, name, watch.schema));
    });
    if (!lacks) continue;
    await locked(pool, watch, (client) => createTriggers(client, name, { ...watch, table }));
    restored.push(name);
  }
  return restored;
}

/**
 * Drops the outbox, with changes that were not handed over, and every trigger that writes to it. Drops its schema too if
 * it was created for the outbox and holds nothing else.
 */
export async function uninstall(pool: PostgresPool, watch: Pick<Watch, 'schema' | 'clock'>): Promise<void> {
  if ((await idOf(pool, watch)) === null) return;
  const { schema } = watch;
  await locked(pool, watch, async (client) => {
    if ((await readId(client, schema)) === null) return;
    const [row] = await rowsOf<{ made: boolean }>(client, `SELECT made_schema AS made FROM ${schema}.installation`);
    // Triggers depend on their function.
    await client.query(`DROP FUNCTION IF EXISTS ${schema}.note_change() CASCADE;
      DROP TABLE IF EXISTS ${schema}.changes, ${schema}.watched, ${schema}.installation`);
    const others = `SELECT FROM pg_depend JOIN pg_namespace n ON n.oid = refobjid
      WHERE refclassid = 'pg_namespace'::regclass AND nspname = $1 LIMIT 1`;
    if (row?.made === true && (await rowsOf(client, others, [schema])).length === 0)
      await client.query(`DROP SCHEMA ${schema}`);
  });
}

/** Takes one of the advisory locks of a schema until the end of the transaction. */
export const lockKey = (schema: string, lock: number): [string, string] => [`pilotlight ${schema}`, String(lock)];

async function locked<Result>(
  pool: PostgresPool,
  { schema, clock }: Pick<Watch, 'schema' | 'clock'>,
  work: (client: Statements) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await inTransaction(pool, { lock_timeout: LOCK_TIMEOUT }, async (client) => {
        await client.query(
          'SELECT pg_advisory_xact_lock(hashtextextended($1, $2::bigint))',
          lockKey(schema, INSTALL_LOCK),
        );
        return await work(client);
      });
    } catch (error) {
      const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
      if (tries === MAX_TRIES || !LOCK_CONFLICTS.includes(String(code))) throw error;
      await clock.sleep(PAUSE_MS * (1 + Math.random()));
    }
  }
}

/** Returns the id of the outbox, or null if there is none. */
async function idOf(pool: PostgresPool, { schema }: Pick<Watch, 'schema'>): Promise<string | null> {
  return await inTransaction(pool, {}, (client) => readId(client, schema));
}

async function readId(client: Statements, schema: string): Promise<string | null> {
  // Not to_regclass: in a session that waited for the lock, it may not see what another one has created meanwhile.
  const [found] = await rowsOf(
    client,
    `SELECT FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 AND relname = 'installation'`,
    [schema],
  );
  if (found === undefined) return null;
  const query = `SELECT id::text AS id, version::text AS version FROM ${schema}.installation`;
  const [row] = await rowsOf<{ id: string; version: string }>(client, query);
  if (row === undefined) throw new InvalidArgument('schema', 'a schema of watchTables', schema);
  if (Number(row.version) > OUTBOX_VERSION)
    throw new InvalidArgument(
      'schema',
      `an outbox of version ${OUTBOX_VERSION} or earlier`,
      Number(row.version),
      'use a newer release of cache-core, or another schema',
    );
  return row.id;
}

async function createOutbox(client: Statements, schema: string): Promise<string> {
  const there = await readId(client, schema);
  if (there !== null) return there;
  // IF NOT EXISTS needs the right to create a schema even if there is one.
  const [found] = await rowsOf(client, 'SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (found === undefined) await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(outboxSql(schema, found === undefined));
  const id = await readId(client, schema);
  if (id === null) throw new Error(`expected the outbox in schema ${schema} after its creation, found none`);
  return id;
}

/** Returns the name of a table with its schema. */
async function checkedName(client: Statements, { name, columns }: ResolvedTable): Promise<string> {
  const [row] = await rowsOf<{ name: string; missing: string | null }>(
    client,
    `SELECT format('%I.%I', nspname, relname) AS name, (
       SELECT wanted FROM unnest($2::text[]) AS wanted WHERE NOT EXISTS (
         SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = wanted AND attnum > 0 AND NOT attisdropped)
       LIMIT 1) AS missing
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE c.oid = to_regclass($1) AND relkind IN ('r', 'p')`,
    [name, columns ?? []],
  );
  if (row === undefined) throw new InvalidArgument('tables', 'names of tables, as SQL writes them', name);
  if (row.missing !== null) throw new InvalidArgument(`${name}.columns`, 'columns of the table', row.missing);
  return row.name;
}

interface Wanted {
  readonly schema: string;
  readonly maxRows: number;
  readonly table: ResolvedTable;
}

/** Returns whether the triggers of a table are in place and note the wanted columns. */
async function hasTriggers(client: Statements, name: string, { schema, maxRows, table }: Wanted): Promise<boolean> {
  const rows = await rowsOf(
    client,
    `SELECT FROM ${schema}.watched WHERE table_name = $1 AND columns IS NOT DISTINCT FROM $2::text[] AND max_rows = $3`,
    [name, table.columns, maxRows],
  );
  return rows.length > 0 && !(await lacksTrigger(client, name, schema));
}

async function lacksTrigger(client: Statements, name: string, schema: string): Promise<boolean> {
  const rows = await rowsOf(
    client,
    `SELECT FROM pg_trigger WHERE tgrelid = to_regclass($1) AND tgfoid = to_regproc($2) AND tgenabled IN ('O', 'A')`,
    [name, `${schema}.note_change`],
  );
  return rows.length !== TRIGGERS_PER_TABLE;
}

async function createTriggers(client: Statements, name: string, wanted: Wanted): Promise<void> {
  const { schema, maxRows, table } = wanted;
  if (await hasTriggers(client, name, wanted)) return;
  const { columns } = table;
  await client.query(triggersSql(schema, name, { columns, maxRows }));
  await client.query(
    `INSERT INTO ${schema}.watched VALUES ($1, $2::text[], $3)
     ON CONFLICT (table_name) DO UPDATE SET columns = $2::text[], max_rows = $3`,
    [name, columns, maxRows],
  );
  await client.query(`INSERT INTO ${schema}.changes (table_name) VALUES ($1)`, [name]);
}
