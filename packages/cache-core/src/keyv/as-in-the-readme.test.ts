import { randomUUID } from 'node:crypto';
import { CacheManager } from '@pilotlight/cache-core';
import { KeyvStore } from '@pilotlight/cache-core/keyv';
import { connectRedis } from '@pilotlight/cache-core/redis';
import { testServices } from '@pilotlight/stack/vitest';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { expect, test } from 'vitest';
import { silentLogger as logger } from '../model/logger.ts';

test('the Keyv example of the README works', async () => {
  const { REDIS_CACHE_URL: cacheUrl, REDIS_QUEUE_URL: queueUrl } = testServices();
  const namespace = randomUUID();
  let loads = 0;
  const loadUser = async (id: number) => ({ id, loads: ++loads });

  const ports = connectRedis({ cacheUrl, queueUrl, logger, namespace });
  const cache = new CacheManager({ ports });
  await cache.start();

  const store = new KeyvStore({ cache });
  const keyv = new Keyv({ store, namespace: `users-${namespace}`, throwOnErrors: true });
  const users = createCache({ stores: [keyv], ttl: 60_000 });

  const user = await users.wrap('7', () => loadUser(7));
  expect(await users.wrap('7', () => loadUser(7))).toEqual({ id: 7, loads: 1 });
  await users.del('7');

  expect(user).toEqual({ id: 7, loads: 1 });
  expect(await users.wrap('7', () => loadUser(7))).toEqual({ id: 7, loads: 2 });
  expect(await users.wrap('7', () => loadUser(7))).toEqual({ id: 7, loads: 2 });
  await cache.close();
});
