import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expressCache } from './cache-result.ts';
import { type ExpressApp, openExpressApp } from './testing/express-app.ts';

let one: ExpressApp;
beforeEach(async () => {
  one = await openExpressApp();
});
afterEach(() => one.close());

const answering = (answer: string) =>
  function list() {
    return answer;
  };

describe('two handlers of one name under one prefix', () => {
  test('are rejected at registration, with an error that asks for a name', () => {
    one.cacheResult()(answering('users'));
    expect(() => one.cacheResult()(answering('orders'))).toThrow(/under the prefix cache, got "list".*option name/);
  });

  test('are rejected with an explicit name too, and over two calls of expressCache', () => {
    one.cacheResult({ keyPrefix: 'shop', name: 'all' })(answering('users'));
    const again = expressCache(one.cache);
    expect(() => again.cacheResult({ keyPrefix: 'shop', name: 'all' })(answering('orders'))).toThrow('prefix shop');
  });

  test('are accepted under two prefixes, two versions, two names and in two caches', async () => {
    const other = await openExpressApp();
    const register = () => {
      one.cacheResult()(answering('users'));
      one.cacheResult({ keyPrefix: 'orders' })(answering('orders'));
      one.cacheResult({ version: 1 })(answering('orders'));
      one.cacheResult({ name: 'list_orders' })(answering('orders'));
      other.cacheResult()(answering('orders'));
    };
    expect(register).not.toThrow();
    await other.close();
  });
});

test('one handler serves two routes with different inputs', async () => {
  const list = ({ shop }: { shop: unknown }) => `items of ${String(shop)}`;
  const listOf = (from: 'params' | 'query') =>
    one.cacheResult({ input: (view) => ({ shop: view[from]['shop'] }) })(list);
  one.app.get('/shops/:shop', listOf('params'));
  one.app.get('/items', listOf('query'));
  expect(await (await one.ask('/shops/north')).json()).toBe('items of north');
  const shared = await one.ask('/items?shop=north');
  expect([await shared.json(), shared.headers.get('cache-status')?.includes('hit')]).toEqual(['items of north', true]);
});

test('an application that is built again over one cache forgets its routes first', () => {
  const again = expressCache(one.cache);
  one.cacheResult({ name: 'shared' })(shared);
  again.cacheResult({ name: 'shared' })(shared);
  one.cacheResult()(answering('old'));
  one.forgetRoutes();
  one.cacheResult()(answering('new'));
  expect(() => one.cacheResult({ name: 'shared' })(answering('other'))).toThrow('cacheResult name');
});
const shared = () => 'of both applications';

describe('a default name', () => {
  test.each([
    ['of one letter', Object.assign(() => 1, {}), 'r'],
    ['of two letters', () => 1, 'Ae'],
    ['of a bound function', () => 1, 'bound list'],
    ['with a character that no key has', () => 1, 'list$1'],
    ['that is empty', () => 1, ''],
  ])('%s is refused, with an error that says to give one', (_, handler, name) => {
    const named = Object.defineProperty(handler, 'name', { value: name });
    expect(() => one.cacheResult()(named)).toThrow(/give the route the option name/);
    expect(() => one.cacheResult({ name: 'given' })(named)).not.toThrow();
  });

  test('may have three letters', () => {
    const get = () => 1;
    expect(() => one.cacheResult()(get)).not.toThrow();
  });

  test('may be short if it is given as an option', () => {
    expect(() => one.cacheResult({ name: 'r' })(() => 1)).not.toThrow();
  });
});
