import { randomBytes } from 'node:crypto';
import express from 'express';
import { expect, test } from 'vitest';
import type { CacheOptions } from '../cache-options.ts';
import type { Demand } from '../ports/hot-key-store.ts';
import { openExpressApp } from './testing/express-app.ts';

const REPORT_AFTER_MS = 1_000;

/** An application whose store of demand is looked into. */
async function openObserved(options: Partial<CacheOptions> = {}) {
  const stored: Demand<string>[] = [];
  const hotKeys = {
    add: async (demand: readonly Demand<string>[]) => void stored.push(...demand),
    top: async () => stored,
    find: async () => null,
    forget: async () => undefined,
  };
  const one = await openExpressApp({}, { ...options, ports: { hotKeys } });
  one.app.use(express.json());
  const find = (body: unknown) =>
    one.ask('/find', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: 'Bearer SECRET-OF-ALICE' },
    });
  return { ...one, stored, find, reported: () => one.world.clock.advance(REPORT_AFTER_MS) };
}

test('a route without warm stores no recipe', async () => {
  const { app, cacheResult, find, reported, stored, close } = await openObserved();
  app.post(
    '/find',
    cacheResult({ name: 'find', vary: ['Authorization'] })(({ headers }) => headers['authorization']),
  );
  await find({ card: '4111 1111 1111 1111' });
  await find({ card: '4111 1111 1111 1111' });
  await reported();
  expect(stored).toEqual([]);
  await close();
});

test('a route with warm stores only its input of the request', async () => {
  const { app, cache, cacheResult, find, reported, stored, close } = await openObserved();
  const input = ({ body }: { body: unknown }) => ({ q: (body as { q: string }).q });
  app.post(
    '/find',
    cacheResult({ name: 'find', warm: true, input })(() => 1),
  );
  await find({ q: 'lamp', card: '4111 1111 1111 1111' });
  await reported();
  expect(stored.map(({ recipe }) => recipe)).toEqual(['{"prefix":"cache","name":"find","params":{"q":"lamp"}}']);
  expect(await cache.hotKeys(1, ['cache'])).toMatchObject([{ recipe: { name: 'find', params: { q: 'lamp' } } }]);
  await close();
});

test('with encrypted envelopes, recipes are encrypted and readable with the key', async () => {
  const encryption = { keys: [{ id: '2026-11', key: randomBytes(32) }] };
  const { app, cache, cacheResult, find, reported, stored, close } = await openObserved({ envelope: { encryption } });
  app.post(
    '/find',
    cacheResult({ name: 'find', warm: true })(() => 1),
  );
  await find({ q: 'lamp' });
  await reported();
  expect(stored).toHaveLength(1);
  expect(JSON.stringify(stored)).not.toContain('lamp');
  expect(await cache.hotKeys(1, ['cache'])).toMatchObject([{ recipe: { params: { body: { q: 'lamp' } } } }]);
  await close();
});
