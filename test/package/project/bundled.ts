import { CacheManager } from '@pilotlight/cache-core';
import { connectRedis } from '@pilotlight/cache-core/redis';

/** Prints how a read, a second read and a read after an invalidation are answered, in a separate namespace. */
async function main(): Promise<void> {
  const { REDIS_CACHE_URL: cacheUrl = '', REDIS_QUEUE_URL: queueUrl = '' } = process.env;
  const namespace = `bundle-${process.pid}-${Date.now()}`;
  const logger = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
  const cache = new CacheManager({ ports: connectRedis({ cacheUrl, queueUrl, namespace, logger }), logger });
  await cache.start();
  let loads = 0;
  const read = async () => {
    const { value, outcome } = await cache.getOrLoadWithOutcome(`${namespace}:key`, () => ++loads);
    return { value, outcome: outcome.outcome };
  };
  const answers = [await read(), await read()];
  await cache.invalidate({ prefix: namespace });
  console.log(JSON.stringify([...answers, await read()]));
  await cache.close();
}

void main();
