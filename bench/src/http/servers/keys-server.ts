// An Express service whose cached route answers `BENCH_KEYS` keys, all from the memory of the process.
import { createServer } from 'node:http';
import { CacheManager, singleProcess } from '@pilotlight/cache-core';
import { expressCache, fastPath } from '@pilotlight/cache-core/express';
import express from 'express';
import { announce } from './announce.ts';

const GB = 2 ** 30;
const TIMEOUT_SECONDS = 86_400;
const ROUTE = { keyPrefix: 'bench', name: 'answer' } as const;
const answerOf = (n: string) => ({ success: true, text: 'x'.repeat(270), n });

const cache = new CacheManager({ ports: singleProcess(), memoryBytes: 8 * GB });
await cache.start();
for (let n = 0; n < Number(process.env['BENCH_KEYS']); n++) {
  const key = { prefix: ROUTE.keyPrefix, name: ROUTE.name, params: String(n) };
  await cache.getOrLoad(key, () => answerOf(String(n)), { freshFor: TIMEOUT_SECONDS * 1_000 });
}
const { cacheResult } = expressCache(cache);
const app = express();
app.disable('x-powered-by');
const input = ({ query }: { query: Readonly<Record<string, unknown>> }) => String(query['n']);
app.get('/answer', cacheResult({ ...ROUTE, timeout: TIMEOUT_SECONDS, pureInput: true, input })(answerOf));
announce(createServer({ keepAliveTimeout: 65_000 }, fastPath(app, cache, { allow: () => true })));
