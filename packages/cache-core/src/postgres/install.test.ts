import { expect, test } from 'vitest';
import { unwatchTables, watchTables } from './index.ts';
import { install, restore } from './install.ts';
import { resolveWatch } from './table-options.ts';
import { byProduct, openWatchWorld, WHOLE } from './testing/watch-world.ts';

const TRIGGERS = `SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname`;
const HOUR = '1h';

test('several processes that install at once create each trigger once', async () => {
  const { sql, watchProducts, openPool } = await openWatchWorld();
  await Promise.all(Array.from({ length: 4 }, () => watchProducts({ pool: openPool() })));
  expect((await sql<{ name: string }>(TRIGGERS)).map(({ name }) => name)).toEqual(
    ['delete', 'insert', 'truncate', 'update'].map((operation) => `cache_watch_${operation}`),
  );
});

test('installing again changes nothing, and other columns replace the triggers', async () => {
  const { sql, watchProducts, watch } = await openWatchWorld();
  const oids = async () => await sql('SELECT oid FROM pg_trigger WHERE NOT tgisinternal ORDER BY oid');
  await (await watchProducts()).stop();
  const before = await oids();
  await (await watchProducts()).stop();
  expect(await oids()).toEqual(before);
  await watch({ products: byProduct });
  expect(await oids()).not.toEqual(before);
  expect(await sql(TRIGGERS)).toHaveLength(4);
});

test('a table whose triggers are new is invalidated as a whole, one that has them is not', async () => {
  const { watchProducts, invalidated } = await openWatchWorld();
  await (await watchProducts()).stop();
  await (await watchProducts()).stop();
  expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE]);
});

test('a table that is replaced while it is watched gets its triggers again', async () => {
  const { sql, pool, watchProducts, invalidated } = await openWatchWorld();
  const resolved = resolveWatch({ products: { columns: ['id'], selectors: byProduct, whole: WHOLE } }, {});
  const watch = await watchProducts({ pollEvery: HOUR });
  await watch.caughtUp();
  const installation = await install(pool, resolved);
  expect(await restore(pool, resolved, installation)).toEqual([]);
  await sql('BEGIN; ALTER TABLE products RENAME TO old; CREATE TABLE products (LIKE old); COMMIT');
  expect(await restore(pool, resolved, installation)).toEqual(['public.products']);
  await watch.caughtUp();
  expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE, WHOLE]);
  await sql('ALTER TABLE products DISABLE TRIGGER cache_watch_update');
  expect(await restore(pool, resolved, installation)).toEqual(['public.products']);
  await sql('DROP TABLE products');
  expect(await restore(pool, resolved, installation)).toEqual([]);
});

test('a locked table delays the installation until it is free', async () => {
  const { session, watchProducts, sql } = await openWatchWorld();
  const writer = await session();
  await writer.query('BEGIN; UPDATE products SET price = 11');
  const started = watchProducts();
  await expect
    .poll(() => sql(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`))
    .toHaveLength(1);
  await writer.query('COMMIT');
  await (await started).caughtUp();
  expect(await sql(TRIGGERS)).toHaveLength(4);
});

test('a partitioned table is watched through its parent', async () => {
  const { sql, watch, invalidated } = await openWatchWorld();
  await sql(`CREATE TABLE sales (id integer, day date) PARTITION BY RANGE (day);
    CREATE TABLE sales_2026 PARTITION OF sales FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`);
  const watching = await watch({ sales: byProduct });
  await watching.caughtUp();
  await sql(`INSERT INTO sales VALUES (7, '2026-03-01')`);
  await watching.caughtUp();
  expect(invalidated.at(-1)?.selectors).toEqual([{ tag: 'product:7' }]);
});

test('two schemas have separate outboxes on one table', async () => {
  const { sql, watchProducts, invalidated } = await openWatchWorld();
  const watches = await Promise.all([watchProducts(), watchProducts({ schema: 'other_cache' })]);
  for (const watch of watches) await watch.caughtUp();
  invalidated.length = 0;
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  for (const watch of watches) await watch.caughtUp();
  expect(invalidated.map(({ selectors }) => selectors)).toEqual([[{ tag: 'product:7' }], [{ tag: 'product:7' }]]);
});

test('unwatchTables leaves nothing, can be repeated, and the table accepts writes', async () => {
  const { sql, pool, watchProducts } = await openWatchWorld();
  await (await watchProducts()).stop();
  await unwatchTables(pool);
  await unwatchTables(pool);
  expect(await sql(TRIGGERS)).toEqual([]);
  expect(await sql(`SELECT FROM pg_namespace WHERE nspname = 'cache_watch'`)).toEqual([]);
  await sql('UPDATE products SET price = 12');
});

test('unwatchTables keeps a schema that it did not create, and one that holds more', async () => {
  const { sql, pool, watchProducts } = await openWatchWorld();
  await sql('CREATE SCHEMA given');
  for (const schema of ['given', 'shared']) await (await watchProducts({ schema })).stop();
  await sql('CREATE TABLE shared.more (id integer)');
  for (const schema of ['given', 'shared']) await unwatchTables(pool, { schema });
  expect(await sql(`SELECT nspname AS name FROM pg_namespace WHERE nspname IN ('given', 'shared') ORDER BY 1`)).toEqual(
    [{ name: 'given' }, { name: 'shared' }],
  );
  expect(
    await sql(
      `SELECT relname AS name FROM pg_class WHERE relnamespace IN ('given'::regnamespace, 'shared'::regnamespace)`,
    ),
  ).toEqual([{ name: 'more' }]);
});

test('an outbox of a later version is refused with a remedy', async () => {
  const { sql, watchProducts } = await openWatchWorld();
  await (await watchProducts()).stop();
  await sql('UPDATE cache_watch.installation SET version = 2');
  await expect(watchProducts()).rejects.toThrow(
    'schema: expected an outbox of version 1 or earlier, got 2; use a newer release of cache-core, or another schema',
  );
});

test.for([
  [
    'a table that does not exist',
    { nothing: byProduct },
    'tables: expected names of tables, as SQL writes them, got "nothing"',
  ],
  [
    'a column that does not exist',
    { products: { columns: ['no'], selectors: () => [] } },
    'products.columns: expected columns of the table, got "no"',
  ],
  [
    'one table under two names',
    { products: byProduct, 'public.products': byProduct },
    'tables: expected each table once',
  ],
] as const)('given %s, it rejects with the expected value', async ([, tables, message]) => {
  const { pool, cache } = await openWatchWorld();
  await expect(watchTables(pool, cache, tables as never)).rejects.toThrow(message);
});
