import { FaultProxy } from '@pilotlight/stack/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openWatchWorld, WHOLE } from './testing/watch-world.ts';

const HOUR = '1h';
/** Ends every session of the database but the caller's. */
const END_SESSIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

test('a change that is noted first and committed last is handed over', async () => {
  const { sql, session, price, watchProducts } = await openWatchWorld();
  const watch = await watchProducts({ pollEvery: HOUR });
  const slow = await session();
  await price(1);
  await slow.query('BEGIN; UPDATE products SET price = 12 WHERE id = 1');
  await sql('UPDATE products SET price = 12 WHERE id = 2');
  await watch.caughtUp();
  expect(await price(1)).toBe(10);
  await slow.query('COMMIT');
  await watch.caughtUp();
  expect(await price(1)).toBe(12);
  expect(await sql('SELECT FROM cache_watch.changes')).toEqual([]);
});

test('changes of one row are noted in the order of their commits', async () => {
  const { sql, session, watchProducts } = await openWatchWorld();
  const watch = await watchProducts({ pollEvery: HOUR });
  await watch.stop();
  const [first, second] = [await session(), await session()];
  await first.query(`BEGIN; UPDATE products SET price = 11 WHERE id = 1`);
  await second.query(`BEGIN; UPDATE products SET price = 11 WHERE id = 2`);
  const waiting = second.query(`UPDATE products SET price = 12 WHERE id = 1; COMMIT`);
  await first.query(`UPDATE products SET price = 11 WHERE id = 3; COMMIT`);
  await waiting;
  const rows = await sql<{ ids: number[] }>(
    `SELECT array(SELECT (item ->> 'id')::int FROM jsonb_array_elements(rows) item) AS ids FROM cache_watch.changes ORDER BY id`,
  );
  expect(rows.map(({ ids }) => ids)).toEqual([[1], [2], [3], [1]]);
});

test('changes while no process watches are handed over by the next one', async () => {
  const { sql, price, watchProducts } = await openWatchWorld();
  await (await watchProducts()).stop();
  await price(7);
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  expect(await price(7)).toBe(10);
  await watchProducts({ pollEvery: HOUR });
  await expect.poll(() => price(7)).toBe(12);
});

test('a process that dies between append and removal repeats the append under the same ids', async () => {
  const { sql, cache, watchProducts, invalidated } = await openWatchWorld();
  const watch = await watchProducts({ pollEvery: HOUR });
  await watch.caughtUp();
  invalidated.length = 0;
  const { invalidate } = cache;
  let deaths = 0;
  cache.invalidate = async (...asked) => {
    const receipt = await invalidate(...asked);
    if (deaths++ === 0) await sql(END_SESSIONS);
    return receipt;
  };
  await sql('UPDATE products SET price = 12');
  await expect.poll(() => sql('SELECT FROM cache_watch.changes')).toEqual([]);
  const [first, again, ...more] = invalidated;
  expect(first?.eventId).toMatch(/^postgres:[\w-]{36}:\w{64}:0$/);
  expect(again).toEqual(first);
  expect(more).toEqual([]);
});

test('given three processes, each change is handed over by one', async () => {
  const { sql, watchProducts, invalidated, openPool } = await openWatchWorld();
  const options = { pollEvery: 20 };
  const watches = await Promise.all([1, 2, 3].map(() => watchProducts({ ...options, pool: openPool() })));
  for (const watch of watches) await watch.caughtUp();
  invalidated.length = 0;
  for (let i = 0; i < 30; i++) await sql(`UPDATE products SET price = ${i} WHERE id = ${1 + (i % 9)}`);
  for (const watch of watches) await watch.caughtUp();
  const ids = invalidated.map(({ eventId }) => eventId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(invalidated.flatMap(({ selectors }) => selectors).length).toBeLessThanOrEqual(30);
});

test('while the log does not answer, changes wait in the outbox, and follow later', async () => {
  const { sql, cache, price, watchProducts, lines } = await openWatchWorld();
  const watch = await watchProducts({ pollEvery: 20 });
  await watch.caughtUp();
  await price(7);
  const { invalidate } = cache;
  cache.invalidate = () => Promise.resolve({ state: 'pending', position: null });
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  await expect(watch.caughtUp('50ms')).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
  await expect.poll(() => lines.join()).toContain('changes of watched tables wait in their outbox');
  expect(await sql('SELECT FROM cache_watch.changes')).toHaveLength(1);
  cache.invalidate = invalidate;
  await expect.poll(() => price(7)).toBe(12);
  await expect.poll(() => lines.join()).toContain('changes of watched tables are handed over again');
});

test('after its connections are ended, a watch resumes by itself, and hears notifications again', async () => {
  const { sql, price, watchProducts } = await openWatchWorld();
  const watch = await watchProducts({ pollEvery: HOUR });
  await watch.caughtUp();
  const listening = () =>
    sql(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`);
  await expect.poll(listening).toHaveLength(1);
  await sql(END_SESSIONS);
  await expect.poll(listening).toHaveLength(1);
  await price(7);
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  await expect.poll(() => price(7)).toBe(12);
});

test('given a half-open listening connection, polling finds changes', async () => {
  const { url, sql, price, watchProducts, openPool } = await openWatchWorld();
  const proxy = await FaultProxy.to(url);
  onTestFinished(() => proxy.close());
  const watch = await watchProducts({ pollEvery: 50, pool: openPool(proxy.url) });
  await watch.caughtUp();
  await expect.poll(() => sql(`SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`)).not.toEqual([]);
  await price(7);
  expect(proxy.halfOpen()).toBeGreaterThan(0);
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  await expect.poll(() => price(7)).toBe(12);
});

test('after a failover, everything is invalidated once', async () => {
  const { sql, watchProducts, invalidated } = await openWatchWorld();
  await (await watchProducts()).stop();
  await expect.poll(() => sql(`SELECT FROM cache_watch.installation WHERE server LIKE '%/00000001/%'`)).toHaveLength(1);
  invalidated.length = 0;
  // As a promoted server finds it.
  await sql(`UPDATE cache_watch.installation SET server = replace(server, '/00000001/', '/00000000/')`);
  await watchProducts();
  await expect.poll(() => invalidated.map(({ selectors }) => selectors)).toEqual([[{ all: true }]]);
  await (await watchProducts()).stop();
  expect(invalidated).toHaveLength(1);
});

test('changes of a table that no process watches any more invalidate everything, with a remedy', async () => {
  const { sql, watchProducts, invalidated, lines } = await openWatchWorld();
  await (await watchProducts()).stop();
  invalidated.length = 0;
  const changes = (count: number, age: string) =>
    sql(`INSERT INTO cache_watch.changes (table_name, noted_at)
      SELECT 'public.old', now() - interval '${age}' FROM generate_series(1, ${count})`);
  await changes(1_001, '11 minutes');
  await changes(1, '1 minute');
  await watchProducts();
  await expect.poll(() => invalidated.map(({ selectors }) => selectors)).toEqual([[{ all: true }]]);
  await expect
    .poll(() => lines.join())
    .toContain('1001 changes of public.old were not handed over for 10 minutes; watch the table, or');
  await expect.poll(() => sql('SELECT FROM cache_watch.changes')).toHaveLength(1);
});

test('a stop hands over committed changes, and gives the connections back', async () => {
  const { sql, pool, watchProducts, invalidated } = await openWatchWorld();
  const watch = await watchProducts({ pollEvery: HOUR });
  await watch.caughtUp();
  await sql('ALTER TABLE products DISABLE TRIGGER cache_watch_update');
  await sql(`INSERT INTO cache_watch.changes (table_name) VALUES ('public.products')`);
  await watch.stop();
  expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE, WHOLE]);
  expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
});

test('a stop ends while other programs write without a pause', async () => {
  const { sql, pool, cache, watchProducts, invalidated } = await openWatchWorld();
  const watch = await watchProducts({ pollEvery: HOUR });
  await watch.caughtUp();
  const { invalidate } = cache;
  cache.invalidate = async (...asked) => {
    await sql('UPDATE products SET price = price + 1 WHERE id = 7');
    return await invalidate(...asked);
  };
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  await watch.stop();
  await expect.poll(() => [pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
  const { length } = invalidated;
  // A watch that continued would hand over each of these.
  for (let n = 0; n < 50; n++) await sql('UPDATE products SET price = price + 1 WHERE id = 7');
  expect(invalidated).toHaveLength(length);
});
