// Values that the snippets of the pages use and do not import. Each snippet has its own copy of this module.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CacheManager, type LoadContext, singleProcess } from '@pilotlight/cache-core';
import { expressCache } from '@pilotlight/cache-core/express';
import express from 'express';
import pg from 'pg';

const NAMESPACE = `snippets-${process.pid}-${Math.random().toString(36).slice(2)}`;

/** Asserts `await f(); // → value`. Objects may have more members than the page shows. */
export function shows(actual: unknown, expected: unknown): void {
  if (expected instanceof RegExp) assert.match(String(actual), expected);
  else if (typeof expected === 'object' && expected !== null) assert.partialDeepStrictEqual(actual, expected);
  else assert.deepEqual(actual, expected);
}

const { REDIS_CACHE_URL = '', REDIS_QUEUE_URL = '' } = process.env;
export const cacheUrl = REDIS_CACHE_URL;
export const queueUrl = REDIS_QUEUE_URL;
export const namespace = NAMESPACE;

/** A database of the snippets; it connects when it is used. */
export const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
export async function createProducts(): Promise<void> {
  await pool.query('CREATE TABLE IF NOT EXISTS products (id integer PRIMARY KEY, shop text, price integer)');
  await pool.query("INSERT INTO products VALUES (7, 'north', 10) ON CONFLICT (id) DO UPDATE SET price = 10");
}

export const ports = singleProcess();
export const cache = new CacheManager({ ports });
await cache.start();
export const { cacheResult, invalidateCache } = expressCache(cache);

export const app = express();
app.use(express.json());
export const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');

export async function ask(path: string, init?: RequestInit): Promise<Response> {
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}${path}`, init);
}

interface Product {
  readonly id: number;
  readonly name: string;
  readonly price: number;
}

const prices = new Map([
  [7, 10],
  [8, 20],
  [9, 30],
]);

/** An origin. `asked` lists its calls in order. */
export const db = {
  asked: [] as string[],
  async product(id: number): Promise<Product | null> {
    db.asked.push(`product ${id}`);
    const price = prices.get(id);
    return price === undefined ? null : { id, name: `Lamp ${id}`, price };
  },
  async products(ids: readonly number[]): Promise<Product[]> {
    db.asked.push(`products ${ids.join(' ')}`);
    return ids.map((id) => ({ id, name: `Lamp ${id}`, price: prices.get(id) ?? 0 }));
  },
  async setPrice(id: number, price: number): Promise<void> {
    prices.set(id, price);
  },
  async sales(day: string): Promise<{ day: string; sold: number }> {
    db.asked.push(`sales ${day}`);
    return { day, sold: 12 };
  },
};

/** A load function of the shop, for pages that use one without showing it. */
export const loadProduct = (id: number) => async (context: LoadContext) => {
  context.tag(`product:${id}`);
  return db.product(id);
};

/** A bank that answers 304 to a caller that already has its rates. */
export const bank = {
  async rates({ ifNoneMatch }: { ifNoneMatch: string | undefined; signal: AbortSignal }) {
    db.asked.push(`rates ${ifNoneMatch}`);
    return { status: ifNoneMatch === 'v1' ? 304 : 200, maxAgeMs: 1_000, body: { etag: 'v1', usd: 1.1 } };
  },
};

export async function productsAreHits(): Promise<void> {
  const [first, second] = [await ask('/products/7'), await ask('/products/7')];
  assert.match(first.headers.get('cache-status') ?? '', /fwd=miss; stored/);
  assert.match(second.headers.get('cache-status') ?? '', /; hit/);
  assert.deepEqual(db.asked, ['product 7']);
}

export async function fillProduct(): Promise<void> {
  await cache.getOrLoad({ prefix: 'products', name: 'by_id', params: { id: 7 } }, loadProduct(7));
}

export async function originWasAskedOnce(): Promise<void> {
  assert.equal(db.asked.length, 1);
}

export async function originWasAskedTwice(): Promise<void> {
  assert.equal(db.asked.length, 2);
}

/** Demand is reported several times per second. */
export async function readSales(): Promise<void> {
  app.get(
    '/sales/:day',
    cacheResult({ keyPrefix: 'sales', warm: true, input: ({ params }) => String(params['day']) })(function sales(day) {
      return db.sales(day);
    }),
  );
  await ask('/sales/2026-03-01');
  while ((await cache.hotKeys(1, ['sales'])).length === 0) await delay(20);
}

let loads = 0;
export const loadUser = async (id: number) => ({ id, loads: ++loads });
