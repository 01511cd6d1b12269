import { Redis } from 'ioredis';
import pg from 'pg';
import type { TestApi } from './test-api.ts';

/** Returns everything that the stores of an api hold, as text: both Redis servers and the tables of the database. */
export async function dumpStores({ api, cache, queue }: TestApi): Promise<string[]> {
  const texts = await Promise.all([dumpRedis(cache.url), dumpRedis(queue.url)]);
  return [...texts, await dumpPostgres(api.deps.config.databaseUrl)];
}

const READS: Record<string, (redis: Redis, key: string) => Promise<unknown>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1'),
  stream: (redis, key) => redis.xrange(key, '-', '+', 'COUNT', 100_000),
};

async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const parts: string[] = [];
    for (const key of await redis.keys('*')) {
      const type = await redis.type(key);
      parts.push(key, JSON.stringify(await READS[type]?.(redis, key)));
    }
    return parts.join('\n');
  } finally {
    redis.disconnect();
  }
}

async function dumpPostgres(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const tables = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    const parts: string[] = [];
    for (const { tablename } of tables.rows) {
      const { rows } = await client.query(`SELECT * FROM "${tablename}"`);
      parts.push(tablename, JSON.stringify(rows));
    }
    return parts.join('\n');
  } finally {
    await client.end();
  }
}
