import { searchBodySchema } from '@pilotlight/contracts';
import fc from 'fast-check';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOrigin } from '../create-origin.ts';
import type { Origin } from '../origin.ts';
import { openOrigin, type TestOrigin } from '../testing/open-origin.ts';
import { Connections } from './connections.ts';

/** An error like the engine's, which does not mention the connection. */
const GIVEN_UP = new Error('given up');

/** Tests wait for states, on a machine of any speed. */
const POLL = { timeout: 20_000, interval: 10 };

const LOADS: readonly (readonly [string, string, (origin: Origin, signal: AbortSignal) => Promise<unknown>])[] = [
  // Without files, stats read no line.
  ['stats', 'file_roll_ups', (origin, signal) => origin.logs.stats({}, signal)],
  ['search', 'log_lines', (origin, signal) => origin.logs.search(searchBodySchema.parse({ q: 'row' }), signal)],
  ['files.list', 'files', (origin, signal) => origin.files.list({ limit: 1 }, signal)],
];

/** Opens a session that locks all others out of a table until it ends. */
async function holdTable({ databaseUrl }: TestOrigin, table: string): Promise<pg.Client> {
  const holder = new pg.Client(databaseUrl);
  onTestFinished(() => holder.end());
  await holder.connect();
  await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return holder;
}

async function readsUnderWay({ query }: TestOrigin): Promise<number> {
  const [row] = await query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'pilotlight reads' AND state <> 'idle'`,
  );
  return row?.n ?? 0;
}

async function waitsForLock({ query }: TestOrigin): Promise<boolean> {
  const waiting = await query(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query = 'SELECT count(*) FROM files'`,
  );
  return waiting.length > 0;
}

test.for(LOADS)('an aborted load of %s ends in the database too', async ([, table, load]) => {
  // The statement's own time limit must not be what ends it.
  const world = await openOrigin({ readTimeoutMs: 3_600_000 });
  const holder = await holdTable(world, table);
  const givingUp = new AbortController();
  const loading = load(world.origin, givingUp.signal);
  const rejected = expect(loading).rejects.toBe(GIVEN_UP);
  await vi.waitFor(async () => expect(await readsUnderWay(world)).toBe(1), POLL);
  givingUp.abort(GIVEN_UP);
  await rejected;
  await vi.waitFor(async () => expect(await readsUnderWay(world)).toBe(0), POLL);
  await holder.query('ROLLBACK');
  await load(world.origin, new AbortController().signal);
  expect(world.errors).toEqual([]);
});

test('a load aborted before it begins sends no query', async () => {
  const origin = createOrigin({ databaseUrl: 'postgres://user@127.0.0.1:1/none', onError: () => undefined });
  onTestFinished(() => origin.close());
  await expect(origin.logs.stats({}, AbortSignal.abort(GIVEN_UP))).rejects.toBe(GIVEN_UP);
});

interface Reads {
  connections: Connections;
  database: TestOrigin;
  /** Called before each cancel is sent, and after it was answered. */
  beforeCancel: () => Promise<void>;
  afterCancel: () => void;
}

/** Opens one connection, and another one that cancels. */
async function oneConnection(): Promise<Reads> {
  const database = await openOrigin();
  const limits = { max: 1, statementTimeoutMs: 60_000, idleInTransactionMs: 60_000, onError: () => undefined };
  const cancels = new Connections({ ...limits, databaseUrl: database.databaseUrl, name: 'cancels' });
  const queryOne = cancels.queryOne.bind(cancels);
  vi.spyOn(cancels, 'queryOne').mockImplementation(async (text, values) => {
    await reads.beforeCancel();
    return await queryOne(text, values).finally(reads.afterCancel);
  });
  const connections = new Connections({ ...limits, databaseUrl: database.databaseUrl, name: 'reads', cancels });
  onTestFinished(async () => {
    await Promise.all([connections.close(), cancels.close()]);
  });
  const reads: Reads = { connections, database, beforeCancel: async () => undefined, afterCancel: () => undefined };
  return reads;
}

test('a load aborted between two statements begins no further one', async () => {
  const { connections } = await oneConnection();
  const givingUp = new AbortController();
  let statements = 0;
  const work = connections.snapshot(async (client) => {
    await client.query('SELECT 1');
    statements++;
    givingUp.abort(GIVEN_UP);
    await client.query('SELECT 2');
    statements++;
  }, givingUp.signal);
  await expect(work).rejects.toBe(GIVEN_UP);
  expect(statements).toBe(1);
});

test('a late cancel does not hit the next statement of the connection', async () => {
  const reads = await oneConnection();
  const { connections, database } = reads;
  const cancelled = Promise.withResolvers<void>();
  reads.beforeCancel = async () => {
    // Gives the next load time to begin, if it could.
    for (let n = 0; n < 50 && !(await waitsForLock(database)); n++);
  };
  reads.afterCancel = cancelled.resolve;
  const holder = await holdTable(database, 'files');
  const givingUp = new AbortController();
  const first = connections.snapshot(async (client) => {
    await client.query('SELECT 1');
    givingUp.abort(GIVEN_UP);
    await client.query('SELECT 2');
  }, givingUp.signal);
  const rejected = expect(first).rejects.toBe(GIVEN_UP);
  const next = connections.snapshot(async (client) => await client.query('SELECT count(*) FROM files'));
  const resolved = expect(next).resolves.toMatchObject({ rowCount: 1 });
  await cancelled.promise;
  await rejected;
  await holder.query('ROLLBACK');
  await resolved;
});

test('on one connection, aborting a load at any moment never cancels the next one', async () => {
  const world = await openOrigin({ poolSize: 1 });
  await world.addFile('2020-01-01 00:00:00 ERROR one row\n'.repeat(2_000));
  const expected = await world.origin.logs.stats({});
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 12 }), async (roundTrips) => {
      const givingUp = new AbortController();
      const first = world.origin.logs.stats({}, givingUp.signal).catch((error: unknown) => error);
      for (let n = 0; n < roundTrips; n++) await world.query('SELECT 1');
      givingUp.abort(GIVEN_UP);
      expect([expected, GIVEN_UP]).toContainEqual(await first);
      expect(await world.origin.logs.stats({}, new AbortController().signal)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});
