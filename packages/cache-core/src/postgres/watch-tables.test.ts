import { describe, expect, onTestFinished, test } from 'vitest';
import type { SelectorsOfRow } from './index.ts';
import { byProduct, openWatchWorld, type Product, WHOLE } from './testing/watch-world.ts';

const HOUR = '1h';

describe('a change by SQL', () => {
  test('control: without a watch, the old price is served', async () => {
    const { sql, price } = await openWatchWorld();
    expect(await price(7)).toBe(10);
    await sql('UPDATE products SET price = 12 WHERE id = 7');
    expect(await price(7)).toBe(10);
  });

  test.for([
    ['an UPDATE', 'UPDATE products SET price = 12 WHERE id = 7', 12],
    ['a DELETE', 'DELETE FROM products WHERE id = 7', null],
    ['an upsert', `INSERT INTO products VALUES (7, 'north', 12) ON CONFLICT (id) DO UPDATE SET price = 12`, 12],
    ['a TRUNCATE', 'TRUNCATE products', null],
  ] as const)('%s is visible once the watch has caught up', async ([, change, expected]) => {
    const { sql, price, watchProducts } = await openWatchWorld();
    const watch = await watchProducts();
    await watch.caughtUp();
    expect(await price(7)).toBe(10);
    await sql(change);
    await watch.caughtUp();
    expect(await price(7)).toBe(expected);
  });

  test('an INSERT ends a cached absence', async () => {
    const { sql, price, watchProducts } = await openWatchWorld();
    const watch = await watchProducts();
    expect(await price(70)).toBe(null);
    await sql(`INSERT INTO products VALUES (70, 'north', 12)`);
    await watch.caughtUp();
    expect(await price(70)).toBe(12);
  });

  test('a notification hands it over without a poll', async () => {
    const { sql, price, watchProducts, invalidated } = await openWatchWorld();
    await watchProducts({ pollEvery: HOUR });
    await expect.poll(() => invalidated.length).toBe(1);
    await price(7);
    await sql('UPDATE products SET price = 12 WHERE id = 7');
    await expect.poll(() => price(7)).toBe(12);
  });

  test('an UPDATE invalidates by the row before and the row after it', async () => {
    const { sql, watch, invalidated } = await openWatchWorld();
    const byShop = await watch({
      products: { columns: ['shop'], selectors: ({ shop }: { shop: string }) => [{ tag: `shop:${shop}` }] },
    });
    await byShop.caughtUp();
    await sql(`UPDATE products SET shop = 'south' WHERE id = 7`);
    await byShop.caughtUp();
    const tags = invalidated.at(-1)?.selectors;
    expect(new Set(tags?.map(({ tag }) => tag))).toEqual(new Set(['shop:north', 'shop:south']));
  });

  test('a transaction that is rolled back hands nothing over', async () => {
    const { sql, watchProducts, invalidated } = await openWatchWorld();
    const watch = await watchProducts();
    await watch.caughtUp();
    await sql('BEGIN; UPDATE products SET price = 12; TRUNCATE products; ROLLBACK');
    await sql('UPDATE products SET price = 12 WHERE false');
    await watch.caughtUp();
    expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE]);
  });

  test('a role without rights to the outbox can change the table', async () => {
    const { sql, watchProducts, price } = await openWatchWorld();
    const watch = await watchProducts();
    await price(7);
    const role = `shop_${crypto.randomUUID().replaceAll('-', '')}`;
    await sql(`CREATE ROLE ${role}; GRANT SELECT, UPDATE ON products TO ${role}`);
    onTestFinished(() => void sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
    await sql(`BEGIN; SET LOCAL ROLE ${role}; UPDATE products SET price = 12 WHERE id = 7; COMMIT`);
    await watch.caughtUp();
    expect(await price(7)).toBe(12);
  });
});

describe('a statement that changes many rows', () => {
  test('beyond the limit it is one change of the whole table', async () => {
    const { sql, watchProducts, invalidated, price } = await openWatchWorld();
    const watch = await watchProducts({ pollEvery: HOUR });
    await sql(`INSERT INTO products SELECT n, 'north', 10 FROM generate_series(10, 100000) n`);
    await watch.caughtUp();
    await price(7);
    invalidated.length = 0;
    await sql(`BEGIN; UPDATE products SET price = 12; SELECT 1 / (count(*) = 1)::int FROM cache_watch.changes; COMMIT`);
    await watch.caughtUp();
    expect(await price(7)).toBe(12);
    expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE]);
  });

  test('below the limit each row is handed over once, in bounded steps', async () => {
    const { sql, watchProducts, invalidated } = await openWatchWorld();
    const watch = await watchProducts({ pollEvery: HOUR });
    await sql(`INSERT INTO products SELECT n, 'north', 10 FROM generate_series(10, 5000) n`);
    await watch.caughtUp();
    invalidated.length = 0;
    await sql(`BEGIN; UPDATE products SET price = 12;
      SELECT 1 / (max(jsonb_array_length(rows)) = 200)::int FROM cache_watch.changes; COMMIT`);
    await watch.caughtUp();
    const tags = invalidated.flatMap(({ selectors }) => selectors.map(({ tag }) => tag));
    expect(tags).toHaveLength(5_000);
    expect(new Set(tags).size).toBe(5_000);
    for (const { selectors } of invalidated) expect(selectors.length).toBeLessThanOrEqual(1_000);
  });

  test('records of wide rows are split by their bytes', async () => {
    const { sql, watch } = await openWatchWorld();
    await watch({ products: byProduct });
    await sql(`BEGIN; DELETE FROM cache_watch.changes; UPDATE products SET shop = repeat('x', 200000);
      SELECT 1 / (count(*) >= 4 AND max(length(rows::text)) < 700000)::int FROM cache_watch.changes;
      COMMIT`);
    expect(await sql('SELECT DISTINCT length(shop) AS length FROM products')).toEqual([{ length: 200_000 }]);
  });
});

describe('rows and selectors', () => {
  test('an integer beyond 2⁵³ reaches the selectors exactly', async () => {
    const { sql, watch, invalidated } = await openWatchWorld();
    const watching = await watch({ products: byProduct });
    await watching.caughtUp();
    await sql(`INSERT INTO products VALUES (9007199254740993, 'north', 1), (10, 'north', 1)`);
    await watching.caughtUp();
    const tags = invalidated.at(-1)?.selectors.map(({ tag }) => tag);
    expect(new Set(tags)).toEqual(new Set(['product:9007199254740993', 'product:10']));
  });

  test.for([
    ['throws', () => JSON.parse('no JSON')],
    ['returns a selector that cannot be used', () => [{ tag: '' }]],
    ['returns no list', () => ({ tag: 'x' })],
  ] as const)('a function that %s for a row invalidates the whole table, with one line', async ([, selectors]) => {
    const { sql, watch, invalidated, lines } = await openWatchWorld();
    const watching = await watch({ products: { selectors: selectors as SelectorsOfRow<Product>, whole: WHOLE } });
    await watching.caughtUp();
    await sql('UPDATE products SET price = 12');
    await watching.caughtUp();
    expect(invalidated.at(-1)?.selectors).toEqual(WHOLE);
    expect(lines.filter((line) => line.startsWith('no selectors for a row of public.products'))).toHaveLength(1);
  });

  test('a row without selectors invalidates nothing', async () => {
    const { sql, watch, invalidated } = await openWatchWorld();
    const watching = await watch({ products: { selectors: () => [], whole: WHOLE } });
    await sql('UPDATE products SET price = 12');
    await watching.caughtUp();
    expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE]);
    expect(await sql('SELECT FROM cache_watch.changes')).toEqual([]);
  });

  test('a watched column that is dropped stops no write, and invalidates the whole table', async () => {
    const { sql, watch, invalidated } = await openWatchWorld();
    const watching = await watch({
      products: { columns: ['id', 'shop'], selectors: (row: Product) => byProduct(row), whole: WHOLE },
    });
    await watching.caughtUp();
    await sql('ALTER TABLE products DROP COLUMN shop');
    await sql('UPDATE products SET price = 12 WHERE id = 7');
    await watching.caughtUp();
    expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE, WHOLE]);
  });

  test('rows that another release noted without a column it needs invalidate the whole table', async () => {
    const { sql, watch, invalidated } = await openWatchWorld();
    const watching = await watch({
      products: { columns: ['id', 'shop'], selectors: (row: Product) => byProduct(row), whole: WHOLE },
    });
    await watching.caughtUp();
    await sql(
      `INSERT INTO cache_watch.changes (table_name, columns, rows) VALUES ('public.products', '{id}', '[{"id": 7}]')`,
    );
    await watching.caughtUp();
    expect(invalidated.map(({ selectors }) => selectors)).toEqual([WHOLE, WHOLE]);
  });
});
