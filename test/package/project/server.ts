import { CacheManager } from '@pilotlight/cache-core';
import { expressCache } from '@pilotlight/cache-core/express';
import { connectRedis } from '@pilotlight/cache-core/redis';
import express from 'express';

const { REDIS_CACHE_URL: cacheUrl = '', REDIS_QUEUE_URL: queueUrl = '', PORT = '3000' } = process.env;
const cache = new CacheManager({ ports: connectRedis({ cacheUrl, queueUrl, logger: console }) });
await cache.start();
const { cacheResult } = expressCache(cache);

const app = express();
const report = cacheResult({ timeout: 60, keyPrefix: 'reports' })(async function report({ query }) {
  return { day: query['day'] ?? 'today', computedAt: new Date() }; // whatever is expensive
});
app.get('/report', report);
const server = app.listen(Number(PORT), '127.0.0.1', () => console.log('listening', server.address()));
