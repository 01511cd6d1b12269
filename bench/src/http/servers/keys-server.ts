// An Express service whose cached route answers any number of keys, all from the memory of the process.
import { createServer } from 'node:http';
import { CacheManager, singleProcess } from '@pilotlight/cache-core';
import { expressCache } from '@pilotlight/cache-core/express';
import express from 'express';
import { announce } from './announce.ts';

const GB = 2 ** 30;
const answer = { success: true, text: 'x'.repeat(270) };

const cache = new CacheManager({ ports: singleProcess(), memoryBytes: 8 * GB });
await cache.start();
const { cacheResult } = expressCache(cache);
const app = express();
app.disable('x-powered-by');
const cached = cacheResult({
  name: 'answer',
  timeout: 86_400,
  pureInput: true,
  input: ({ query }) => String(query['n']),
});
app.get(
  '/answer',
  cached((n) => ({ ...answer, n })),
);
announce(createServer({ keepAliveTimeout: 65_000 }, app));
