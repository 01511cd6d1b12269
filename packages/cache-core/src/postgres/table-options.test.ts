import { expect, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import { singleProcess } from '../single-process/single-process.ts';
import { type PostgresPool, unwatchTables, watchTables } from './index.ts';

const PRODUCTS = { products: () => [] };
const NO_POOL: PostgresPool = { connect: () => Promise.reject(new Error('expected no connection')) };

test.for([
  [{}, {}, 'tables: expected an object with at least one table'],
  [{ products: { selectors: 'id' } }, {}, 'products.selectors: expected a function'],
  [{ products: { selectors: () => [], colums: [] } }, {}, 'the table products: expected some of columns'],
  [{ products: { selectors: () => [], columns: [] } }, {}, 'products.columns: expected a list of names of columns'],
  [{ products: { selectors: () => [], whole: [] } }, {}, 'products.whole: expected a list of selectors'],
  [PRODUCTS, { schema: 'a-b' }, 'schema: expected 1 to 41 lower-case letters'],
  [PRODUCTS, { pollEvery: 1 }, 'pollEvery: expected at least 10 ms'],
  [PRODUCTS, { maxRowsPerStatement: 0 }, 'maxRowsPerStatement: expected a whole number'],
  [
    PRODUCTS,
    { maxRowsPerStatement: 2 ** 31 - 1 },
    'maxRowsPerStatement: expected a whole number of rows from 1 to 1000000',
  ],
  [PRODUCTS, { logger: {} }, 'logger: expected an object with the methods'],
  [PRODUCTS, { poll: '1s' }, 'watchTables: expected some of logger'],
] as const)('given %j and %j, it rejects before it connects', async ([tables, options, message]) => {
  const cache = new CacheManager({ ports: singleProcess() });
  await expect(watchTables(NO_POOL, cache, tables as never, options as never)).rejects.toThrow(message);
});

test('a pool or a cache of another kind is rejected', async () => {
  const cache = new CacheManager({ ports: singleProcess() });
  await expect(watchTables({} as never, cache, PRODUCTS)).rejects.toThrow('pool: expected a Pool of pg');
  const single = { ...NO_POOL, options: { max: 1 } };
  await expect(watchTables(single, cache, PRODUCTS)).rejects.toThrow('pool: expected a Pool of pg with max 2 or more');
  await expect(watchTables(NO_POOL, {} as never, PRODUCTS)).rejects.toThrow('cache: expected a CacheManager');
  await expect(unwatchTables(NO_POOL, { name: 'x' } as never)).rejects.toThrow(
    'unwatchTables: expected some of schema',
  );
});
