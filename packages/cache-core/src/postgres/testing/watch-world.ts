import { createDatabase } from '@pilotlight/stack/testing';
import { testServices } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { CacheManager } from '../../cache-manager.ts';
import type { CacheLogger } from '../../model/logger.ts';
import type { Selector } from '../../model/selector.ts';
import { singleProcess } from '../../single-process/single-process.ts';
import { type TableWatch, type WatchedTables, type WatchOptions, watchTables } from '../index.ts';

export interface Product {
  readonly id: number;
  readonly shop: string;
  readonly price: number;
}

/** One invalidation that a watch asked for. */
export interface Invalidated {
  readonly selectors: readonly Selector[];
  readonly eventId: string | undefined;
}

export interface WatchWorld {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly cache: CacheManager;
  /** The invalidations so far. */
  readonly invalidated: Invalidated[];
  readonly lines: string[];
  /** Changes the database as another program does. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Opens a session for a transaction of several steps. */
  session(): Promise<pg.Client>;
  /** Returns the price of a product, from the cache. */
  price(id: number): Promise<unknown>;
  /** Watches tables until the end of the test. */
  watch<Rows>(tables: WatchedTables<Rows>, options?: WatchOptions & { pool?: pg.Pool }): Promise<TableWatch>;
  /** Watches `products`, by the tag of each product. */
  watchProducts(options?: WatchOptions & { pool?: pg.Pool }): Promise<TableWatch>;
  openPool(url?: string): pg.Pool;
}

/** The selectors of a product. */
export const byProduct = ({ id }: { readonly id: number }): Selector[] => [{ tag: `product:${id}` }];
export const WHOLE: readonly Selector[] = [{ prefix: 'products' }];

const SHOP = `CREATE TABLE products (id bigint PRIMARY KEY, shop text NOT NULL, price integer NOT NULL);
  INSERT INTO products SELECT n, 'north', 10 FROM generate_series(1, 9) n`;

/** Opens a database with nine products at a price of 10, and the cache of one process. The end of the test closes both. */
export async function openWatchWorld(serverUrl = testServices().DATABASE_URL): Promise<WatchWorld> {
  const database = await createDatabase(serverUrl);
  const closing: (() => Promise<unknown>)[] = [];
  const openPool = (url = database.url): pg.Pool => {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    pool.on('error', () => undefined); // tests end sessions on purpose
    // A server that is killed as it accepts a session ends it while the pool has no listener on it.
    pool.on('connect', (client) => client.on('error', () => undefined));
    closing.push(() => pool.end());
    return pool;
  };
  const [pool, own] = [openPool(), openPool()];
  await own.query(SHOP);
  const cache = new CacheManager({ ports: singleProcess() });
  await cache.start();
  const { logger, lines } = recordingLogger();
  const invalidated = recordInvalidations(cache);
  const watches: TableWatch[] = [];
  onTestFinished(async () => {
    await Promise.all(watches.map((one) => one.stop()));
    await Promise.all(closing.map((close) => close()));
    await cache.close();
    await database.drop();
  });
  const watch: WatchWorld['watch'] = async (tables, { pool: through = pool, ...options } = {}) => {
    const started = await watchTables(through, cache, tables, { logger, ...options });
    watches.push(started);
    return started;
  };
  return {
    ...{ url: database.url, pool, cache, invalidated, lines, watch, openPool },
    sql: async (text, values) => (await own.query(text, values)).rows,
    session: async () => {
      const client = new pg.Client(database.url);
      client.on('error', () => undefined);
      await client.connect();
      closing.push(() => client.end());
      return client;
    },
    price: (id) =>
      cache.getOrLoad({ prefix: 'products', name: 'price', params: id }, async (context) => {
        context.tag(`product:${id}`);
        return (await own.query<Product>('SELECT price FROM products WHERE id = $1', [id])).rows[0]?.price ?? null;
      }),
    watchProducts: (options) => watch({ products: { columns: ['id'], selectors: byProduct, whole: WHOLE } }, options),
  };
}

function recordInvalidations(cache: CacheManager): Invalidated[] {
  const invalidated: Invalidated[] = [];
  const invalidate = cache.invalidate.bind(cache);
  cache.invalidate = async (selectors, options) => {
    const receipt = await invalidate(selectors, options);
    invalidated.push({ selectors: [selectors].flat() as Selector[], eventId: options?.eventId });
    return receipt;
  };
  return invalidated;
}

function recordingLogger(): { logger: CacheLogger; lines: string[] } {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  return { lines, logger: { debug: add, info: add, warn: add, error: (_fields, line) => add(line) } };
}
