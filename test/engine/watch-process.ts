import { CacheManager } from '@pilotlight/cache-core';
import { watchTables } from '@pilotlight/cache-core/postgres';
import { connectRedis } from '@pilotlight/cache-core/redis';
import pg from 'pg';
import type { FromWatch, StepOfHandOver, ToWatch } from './watch-messages.ts';

/** A process that watches the table `products` and caches the prices. Its parent may choose a step to stop at. */

const { CACHE_URL: cacheUrl = '', QUEUE_URL: queueUrl = '', DATABASE_URL: connectionString, TABLE = '' } = process.env;
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent, isLevelEnabled: () => false };
const pool = new pg.Pool({ connectionString, max: 4 });
pool.on('error', silent); // the frozen reader loses its session
const cache = new CacheManager({ ports: connectRedis({ cacheUrl, queueUrl, logger }), logger });
await cache.start();

let stopAt: StepOfHandOver | null = null;
const { invalidate } = cache;
cache.invalidate = async (...asked) => {
  await reached('before append');
  const receipt = await invalidate.apply(cache, asked);
  await reached('after append');
  return receipt;
};
pool.on('connect', (client) => {
  const query = client.query.bind(client) as (...asked: unknown[]) => Promise<pg.QueryResult>;
  let deletes = false;
  const observed = async (text: string, ...values: unknown[]) => {
    const result = await query(text, ...values);
    if (text.startsWith('DELETE')) await reached('after removal');
    if (text === 'COMMIT' && deletes) await reached('after commit');
    deletes = text.startsWith('DELETE');
    return result;
  };
  Object.assign(client, { query: observed });
});
const watch = await watchTables(
  pool,
  cache,
  { [TABLE]: { columns: ['id'], selectors: ({ id }) => [{ tag: `${TABLE}:${id}` }] } },
  { schema: TABLE, pollEvery: '100ms' },
);
await watch.caughtUp();
process.on('message', (message: ToWatch) => void answer(message));
send({ is: 'started' });

async function answer(message: ToWatch): Promise<void> {
  if (message.do === 'stop at') stopAt = message.step;
  else if (message.do === 'read') send({ is: 'answer', id: message.id, value: await price(message.key) });
  else if (message.do === 'catch up') {
    await watch.caughtUp('60s');
    send({ is: 'answer', id: message.id, value: null });
  }
}

async function price(id: number): Promise<number | null> {
  return await cache.getOrLoad(`${TABLE}:${id}`, async (context) => {
    context.tag(`${TABLE}:${id}`);
    const { rows } = await pool.query<{ price: number }>(`SELECT price FROM ${TABLE} WHERE id = $1`, [id]);
    return rows[0]?.price ?? null;
  });
}

/** Stays at the step once the parent has chosen it, until it is signalled. */
async function reached(step: StepOfHandOver): Promise<void> {
  if (step !== stopAt) return;
  stopAt = null;
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once('SIGUSR2', resolve);
  send({ is: 'at step' });
  await promise;
}

function send(message: FromWatch): void {
  process.send?.(message);
}
