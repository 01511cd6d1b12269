import { describe, expect, test } from 'vitest';
import type { Selector } from '../model/selector.ts';
import type { SelectorsOfRow } from './index.ts';
import { byProduct, openWatchWorld, type WatchWorld, WHOLE } from './testing/watch-world.ts';

const HOUR = '1h';

/** Watches one more table, and returns the selectors of what `change` invalidates. */
async function invalidatedBy(
  world: WatchWorld,
  table: string,
  change: string,
  options: { columns?: string[]; selectors?: SelectorsOfRow<never> } = {},
): Promise<Selector[]> {
  const { watch, sql, invalidated } = world;
  const watching = await watch(
    { [table]: { selectors: byProduct as SelectorsOfRow<object>, whole: WHOLE, ...options } },
    { pollEvery: HOUR },
  );
  await watching.caughtUp();
  invalidated.length = 0;
  await sql(change);
  await watching.caughtUp();
  return invalidated.flatMap(({ selectors }) => [...selectors]);
}

describe('a column', () => {
  test('given 120 watched columns, writes succeed and each column reaches the selectors', async () => {
    const world = await openWatchWorld();
    const columns = Array.from({ length: 120 }, (_, n) => `c${n}`);
    await world.sql(`CREATE TABLE broad (${columns.map((name) => `${name} integer DEFAULT 7`)})`);
    const selectors = (row: object) => [{ tag: `sum:${Object.values(row).reduce((sum, one) => sum + one, 0)}` }];
    const found = await invalidatedBy(world, 'broad', 'INSERT INTO broad DEFAULT VALUES', { columns, selectors });
    expect(found).toEqual([{ tag: 'sum:840' }]);
  });

  test('a column named twice counts once', async () => {
    const world = await openWatchWorld();
    const change = 'UPDATE products SET price = 12 WHERE id = 7';
    expect(await invalidatedBy(world, 'products', change, { columns: ['id', 'id'] })).toEqual([{ tag: 'product:7' }]);
  });

  test('a column with the name of an alias in the trigger hides no other column', async () => {
    const world = await openWatchWorld();
    await world.sql('CREATE TABLE aliases (id integer, r integer, item integer, old_rows integer)');
    const change = 'INSERT INTO aliases VALUES (7, 1, 2, 3)';
    expect(await invalidatedBy(world, 'aliases', change)).toEqual([{ tag: 'product:7' }]);
  });

  test.for([
    ['a NUL', String.raw`"\u0000"`],
    ['a lone surrogate', String.raw`"\ud800"`],
    ['a number that numeric cannot represent', '1e1000000'],
  ])('a json value with %s stops no write, and invalidates the whole table', async ([, json]) => {
    const world = await openWatchWorld();
    await world.sql('CREATE TABLE documents (id integer, body json)');
    const change = `INSERT INTO documents VALUES (1, '${json}')`;
    expect(await invalidatedBy(world, 'documents', change)).toEqual(WHOLE);
    const many = `INSERT INTO documents SELECT n, CASE n WHEN 900 THEN '${json}' ELSE '1' END::json FROM generate_series(1, 1000) n`;
    expect(await invalidatedBy(world, 'documents', many)).toEqual(WHOLE);
    expect(await world.sql('SELECT count(*)::int FROM documents')).toEqual([{ count: 1001 }]);
  });

  test.for([
    ['not named', {}],
    ['named', { columns: ['stored', 'virtual'] }],
  ] as [string, { columns?: string[] }][])(
    'generated columns that are %s, stored and virtual, have their values',
    async ([, columns]) => {
      const world = await openWatchWorld();
      await world.sql(`CREATE TABLE generated (id integer, stored integer GENERATED ALWAYS AS (id * 2) STORED,
      virtual integer GENERATED ALWAYS AS (id * 3) VIRTUAL)`);
      const selectors = ({ stored, virtual }: { stored: number; virtual: number }) => [{ tag: `${stored}:${virtual}` }];
      await world.sql('INSERT INTO generated VALUES (7)');
      const change = 'UPDATE generated SET id = 8';
      const found = await invalidatedBy(world, 'generated', change, { selectors, ...columns });
      expect(new Set(found.map(({ tag }) => tag))).toEqual(new Set(['14:21', '16:24']));
    },
  );

  test('names that hold quotes, backslashes and SQL are names', async () => {
    const world = await openWatchWorld();
    const name = String.raw`"a'""b\$note$; DROP TABLE products; --"`;
    const column = String.raw`i'"d\'); DROP TABLE products; --`;
    await world.sql(`CREATE SCHEMA "S'"; CREATE TABLE "S'".${name} ("${column.replaceAll('"', '""')}" integer)`);
    const found = await invalidatedBy(world, `"S'".${name}`, `INSERT INTO "S'".${name} VALUES (7)`, {
      columns: [column],
      selectors: (row: Record<string, number>) => [{ tag: `${row[column]}` }],
    });
    expect(found).toEqual([{ tag: '7' }]);
    expect(await world.sql('SELECT FROM products')).toHaveLength(9);
  });
});

describe('a statement', () => {
  test.for([
    ['COPY', `COPY products FROM PROGRAM 'echo 70,north,1' WITH (FORMAT csv)`, [70]],
    [
      'MERGE',
      `MERGE INTO products p USING (VALUES (1), (2), (70)) v(id) ON p.id = v.id WHEN MATCHED AND v.id = 1 THEN DELETE
        WHEN MATCHED THEN UPDATE SET price = 12 WHEN NOT MATCHED THEN INSERT VALUES (v.id, 'north', 1)`,
      [1, 2, 70],
    ],
    [
      'a WITH of several changes',
      `WITH gone AS (DELETE FROM products WHERE id = 1 RETURNING id) UPDATE products SET price = 12 WHERE id = 2`,
      [1, 2],
    ],
    ['a cascade of a foreign key', 'DELETE FROM shops', [70]],
  ] as const)('%s invalidates each row that it changes', async ([, change, ids]) => {
    const world = await openWatchWorld();
    await world.sql(`CREATE TABLE shops (shop text PRIMARY KEY); INSERT INTO shops VALUES ('south');
      ALTER TABLE products ADD COLUMN owner text REFERENCES shops ON DELETE CASCADE`);
    if (change.includes('shops')) await world.sql(`INSERT INTO products VALUES (70, 'south', 1, 'south')`);
    else await world.sql('ALTER TABLE products DROP COLUMN owner');
    const found = await invalidatedBy(world, 'products', change);
    expect(new Set(found.map(({ tag }) => tag))).toEqual(new Set(ids.map((id) => `product:${id}`)));
  });

  test('a TRUNCATE that cascades to a watched table invalidates the whole table', async () => {
    const world = await openWatchWorld();
    await world.sql(`CREATE TABLE shops (shop text PRIMARY KEY);
      ALTER TABLE products ADD COLUMN owner text REFERENCES shops`);
    expect(await invalidatedBy(world, 'products', 'TRUNCATE shops CASCADE')).toEqual(WHOLE);
  });
});
