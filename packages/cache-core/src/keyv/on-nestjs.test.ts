import 'reflect-metadata';
import { CACHE_MANAGER, type Cache, CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { from, lastValueFrom } from 'rxjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inMemory, type StartedCache } from './testing/caches.ts';

/** As NestJS has it, for one route. */
class RouteInterceptor extends CacheInterceptor {
  override trackBy(): string {
    return 'GET /row';
  }

  async answer(handler: () => Promise<string>): Promise<string> {
    const context = new ExecutionContextHost([], RouteInterceptor, handler);
    return lastValueFrom(await this.intercept(context, { handle: () => from(handler()) }));
  }
}

let started: StartedCache;
let app: INestApplicationContext;
let cache: Cache;
beforeEach(async () => {
  started = await inMemory();
  const stores = [started.store()];
  app = await NestFactory.createApplicationContext(CacheModule.register({ stores, ttl: 60_000 }), { logger: false });
  cache = app.get<Cache>(CACHE_MANAGER);
});
afterEach(async () => {
  await app.close();
  await started.cache.close();
});

test('NestJS’s cache stores its values in this cache, for the module’s TTL', async () => {
  const before = Date.now();
  await cache.set('user:1', { name: 'Ada' });
  expect(await cache.get('user:1')).toEqual({ name: 'Ada' });
  const { memory } = await started.cache.inspect('keyv:#:user:1');
  expect(memory?.freshUntil).toBeGreaterThanOrEqual(before + 60_000);
  expect(memory?.freshUntil).toBeLessThanOrEqual(Date.now() + 60_000);
  await started.cache.invalidate({ prefix: 'keyv' });
  expect(await cache.get('user:1')).toBeUndefined();
});

test('NestJS’s interceptor never serves what its handler read before a deletion', async () => {
  const route = new RouteInterceptor(cache, new Reflector());
  const { promise, resolve } = Promise.withResolvers<string>();
  const slow = route.answer(() => promise);
  await new Promise(setImmediate); // the handler has begun
  await cache.del('GET /row');
  resolve('old');
  expect(await slow).toBe('old');
  let calls = 0;
  const handler = async () => `new ${++calls}`;
  expect([await route.answer(handler), await route.answer(handler)]).toEqual(['new 1', 'new 1']);
});

test('destroying a module leaves the shared cache open', async () => {
  await app.close();
  expect(await started.cache.set('k', 'v')).toBe(true);
});
