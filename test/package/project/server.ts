import { CacheManager } from '@pilotlight/cache-core';
import { expressCache } from '@pilotlight/cache-core/express';
import { connectRedis } from '@pilotlight/cache-core/redis';
import express from 'express';

const { REDIS_CACHE_URL: cacheUrl = '', REDIS_QUEUE_URL: queueUrl = '', NAMESPACE: keyPrefix = '' } = process.env;
const cache = new CacheManager({ ports: connectRedis({ cacheUrl, queueUrl, namespace: keyPrefix, logger: console }) });
await cache.start();
const { cacheResult } = expressCache(cache);

const app = express();
let reports = 0;
const report = cacheResult({ timeout: 60, keyPrefix })(function report() {
  return { number: ++reports };
});
app.get('/report', report);

const server = app.listen(0, '127.0.0.1', () => console.log('listening', server.address()));
