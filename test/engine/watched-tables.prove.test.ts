import { testServices } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startWatchProcess, type WatchProcess } from './start-watch-process.ts';

// Two processes with the Redis log, which watch one table. The tests change it by plain SQL.

let tables = 0;

interface Fleet {
  readonly table: string;
  readonly one: WatchProcess;
  readonly other: WatchProcess;
  sql(text: string): Promise<pg.QueryResult>;
  /** Returns the price of product 7 that each process serves. */
  prices(...of: WatchProcess[]): Promise<(number | null)[]>;
}

async function openFleet(): Promise<Fleet> {
  const services = testServices();
  const table = `watched_${process.pid}_${++tables}`;
  const pool = new pg.Pool({ connectionString: services.DATABASE_URL, max: 2 });
  const sql = (text: string) => pool.query(text);
  await sql(`CREATE TABLE ${table} (id integer PRIMARY KEY, price integer); INSERT INTO ${table} VALUES (7, 10)`);
  const env = {
    CACHE_URL: services.REDIS_CACHE_URL,
    QUEUE_URL: services.REDIS_QUEUE_URL,
    DATABASE_URL: services.DATABASE_URL,
    TABLE: table,
  };
  const [one, other] = await Promise.all([startWatchProcess(env), startWatchProcess(env)]);
  onTestFinished(async () => {
    await Promise.all([one.kill(), other.kill()]);
    await sql(`DROP TABLE ${table}; DROP SCHEMA IF EXISTS ${table} CASCADE`);
    await pool.end();
  });
  return { table, one, other, sql, prices: (...of) => Promise.all(of.map((process) => process.read(7))) };
}

test('once either process has caught up, an UPDATE by SQL is visible in both, 20 times of 20', async () => {
  const { table, one, other, sql, prices } = await openFleet();
  for (let price = 11; price <= 30; price++) {
    await prices(one, other);
    await sql(`UPDATE ${table} SET price = ${price} WHERE id = 7`);
    await (price % 2 ? one : other).caughtUp();
    expect(await prices(one, other)).toEqual([price, price]);
  }
});

test('without a call, an UPDATE by SQL becomes visible in both', async () => {
  const { table, one, other, sql, prices } = await openFleet();
  expect(await prices(one, other)).toEqual([10, 10]);
  await sql(`UPDATE ${table} SET price = 12 WHERE id = 7`);
  await expect.poll(() => prices(one, other)).toEqual([12, 12]);
});

test('control: without the trigger, both serve the old price after they have caught up', async () => {
  const { table, one, other, sql, prices } = await openFleet();
  expect(await prices(one, other)).toEqual([10, 10]);
  await sql(`BEGIN; SET LOCAL session_replication_role = replica; UPDATE ${table} SET price = 12 WHERE id = 7; COMMIT`);
  for (const process of [one, other]) await process.caughtUp();
  expect(await prices(one, other)).toEqual([10, 10]);
});

test.for(['before append', 'after append', 'after removal', 'after commit'] as const)(
  'a process killed %s of a change loses none: the other one hands it over',
  async (step) => {
    const { table, one, other, sql, prices } = await openFleet();
    // Both stop, so that whichever reads the change first is the one that is killed.
    for (const process of [one, other]) process.stopAt(step);
    expect(await prices(one, other)).toEqual([10, 10]);
    await sql(`UPDATE ${table} SET price = 12 WHERE id = 7`);
    const killed = await Promise.race([one.atStep.then(() => one), other.atStep.then(() => other)]);
    const left = killed === one ? other : one;
    await killed.kill();
    void left.atStep.then(() => left.proceed());
    await expect.poll(() => prices(left)).toEqual([12]);
    await left.caughtUp();
    expect((await sql(`SELECT FROM ${table}.changes`)).rowCount).toBe(0);
  },
);

test.for(['before append', 'after append'] as const)(
  'a process frozen %s loses its lock, the other one takes over, and its late work changes nothing',
  async (step) => {
    const { table, one, other, sql, prices } = await openFleet();
    for (const process of [one, other]) process.stopAt(step);
    expect(await prices(one, other)).toEqual([10, 10]);
    await sql(`UPDATE ${table} SET price = 12 WHERE id = 7`);
    const frozen = await Promise.race([one.atStep.then(() => one), other.atStep.then(() => other)]);
    const left = frozen === one ? other : one;
    frozen.signal('SIGSTOP');
    void left.atStep.then(() => left.proceed());
    // Only the end of the frozen session frees the lock.
    await left.caughtUp();
    expect(await prices(left)).toEqual([12]);
    await sql(`UPDATE ${table} SET price = 13 WHERE id = 7`);
    await left.caughtUp();
    frozen.proceed();
    frozen.signal('SIGCONT');
    await frozen.caughtUp();
    expect(await prices(one, other)).toEqual([13, 13]);
    expect((await sql(`SELECT FROM ${table}.changes`)).rowCount).toBe(0);
  },
);
