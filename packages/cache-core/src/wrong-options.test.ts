import { describe, expect, test } from 'vitest';
import { expressCache } from './express/index.ts';
import { CacheManager, singleProcess } from './index.ts';
import { KeyvStore } from './keyv/index.ts';
import { silentLogger } from './model/logger.ts';
import { connectRedis } from './redis/index.ts';

/** Passes any value, as JavaScript does, where no compiler rejects it. */
const untyped = (value: unknown) => value as never;

const ports = singleProcess();
const cache = new CacheManager({ ports });
const load = () => 1;

describe('options with a wrong name or type are rejected with the name that the caller wrote', () => {
  const logger = silentLogger;
  const urls = { cacheUrl: 'redis://localhost:1', queueUrl: 'redis://localhost:1', logger };

  test.each<[string, () => unknown, RegExp]>([
    [
      'no options at all',
      () => new CacheManager(untyped(undefined)),
      /^cache options: expected an object.*got undefined$/,
    ],
    ['an unknown cache option', () => new CacheManager(untyped({ ports, ttl: 5 })), /^cache options: .*"ttl"$/],
    [
      'a logger without methods',
      () => new CacheManager({ ports, logger: untyped({}) }),
      /^logger: .*methods debug, info/,
    ],
    ['a name instead of a recipe', () => new CacheManager({ ports, recipes: untyped(['stats']) }), /^recipes: /],
    ['a list of origins', () => new CacheManager({ ports, origins: untyped([]) }), /^origins: /],
    [
      'an unknown option of an origin',
      () => new CacheManager({ ports, origins: { db: untyped({ max: 1 }) } }),
      /^origin db: .*"max"$/,
    ],
    [
      'an unknown envelope option',
      () => new CacheManager({ ports, envelope: untyped({ gzip: true }) }),
      /^envelope: .*"gzip"$/,
    ],
    ['no connections at all', () => connectRedis(untyped(undefined)), /^connectRedis: expected an object/],
    ['an unknown connection option', () => connectRedis(untyped({ ...urls, url: '' })), /^connectRedis: .*"url"$/],
    [
      'a URL from an environment variable that is not set',
      () => connectRedis(untyped({ ...urls, cacheUrl: undefined })),
      /^cacheUrl: expected a URL .*got undefined$/,
    ],
    ['an empty URL', () => connectRedis({ ...urls, queueUrl: '' }), /^queueUrl: expected a URL .*got ""$/],
    [
      'a number of seconds as a timeout text',
      () => connectRedis(untyped({ ...urls, cacheTimeout: '1' })),
      /^cacheTimeout: .*got "1"$/,
    ],
    [
      'ports without a log',
      () => new CacheManager({ ports: untyped({}) }),
      /^ports: expected the result of connectRedis/,
    ],
    ['a number as an id', () => new CacheManager({ ports, id: untyped(5) }), /^id: .*got 5$/],
    ['a text as a switch', () => cache.switchTier('redis', untyped('off')), /^on: expected true or false, got "off"$/],
    ['no cache for Express', () => expressCache(untyped(undefined)), /^expressCache cache: .*got undefined$/],
    ['an unknown Express option', () => expressCache(cache, untyped({ header: {} })), /^expressCache: .*"header"$/],
    ['a text as compress', () => expressCache(cache, untyped({ compress: 'no' })), /^expressCache compress: .*"no"$/],
    [
      'a header without a value',
      () => expressCache(cache, { headers: untyped({ a: undefined }) }),
      /^expressCache headers: /,
    ],
    [
      'an infinite timeout of a route',
      () => expressCache(cache).cacheResult({ timeout: Number.POSITIVE_INFINITY }),
      /^cacheResult timeout: .*got Infinity$/,
    ],
    ['an unknown Keyv option', () => new KeyvStore(untyped({ cache, ttl: 1 })), /^KeyvStore: .*"ttl"$/],
  ])('%s', (_case, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a number instead of a policy',
      () => cache.getOrLoad('k', load, untyped(60)),
      /^policy: expected an object.*got 60$/,
    ],
    [
      'null instead of a policy',
      () => cache.getOrLoad('k', load, untyped(null)),
      /^policy: expected an object.*got null$/,
    ],
    ['an unknown member of a policy', () => cache.getOrLoad('k', load, untyped({ ttl: 60 })), /^policy: .*"ttl"$/],
    ['a value instead of a load', () => cache.getOrLoad('k', untyped(5)), /^load: expected a function, got 5$/],
    ['a number as a key', () => cache.getOrLoad(untyped(7), load), /^key: .*got 7$/],
    ['a number as a key to get', () => cache.get(untyped(7)), /^key: .*got 7$/],
    ['nothing as a key to delete', () => cache.delete(untyped(undefined)), /^key: .*got undefined$/],
    ['an unknown option of set', () => cache.set('k', 1, untyped({ ttl: 5 })), /^set: .*"ttl"$/],
    [
      'a text instead of the options of set',
      () => cache.set('k', 1, untyped('60s')),
      /^set: expected an object.*"60s"$/,
    ],
    [
      'a mode instead of the options of invalidate',
      () => cache.invalidate({ tag: 't' }, untyped('expire')),
      /^invalidate: expected an object/,
    ],
    [
      'an unknown kind of staleness',
      () => cache.getOrLoad('k', load, { staleFor: untyped({ iferror: '1h' }) }),
      /^staleFor: .*"iferror"$/,
    ],
    [
      'key parts with misspelt params, which would give all keys of the name one answer',
      () => cache.getOrLoad(untyped({ prefix: 'a', name: 'b', param: { id: 7 } }), load),
      /^key params: expected a JSON value, got undefined; write `params: null`/,
    ],
    ['a text as the tags of set', () => cache.set('k', 1, { tags: untyped('motd') }), /^tags: .*got "motd"$/],
    ['a text as the keys of getMany', () => cache.getMany(untyped('abc')), /^keys: expected a list, got "abc"$/],
    ['a text as the keys of a batch', () => cache.getOrLoadMany(untyped('abc'), () => Promise.resolve([])), /^keys: /],
    ['a batch without a load', () => cache.getOrLoadMany(['a'], untyped(undefined)), /^loadMany: expected a function/],
    ['a number as a pattern', () => cache.clearPattern(untyped(5)), /^pattern: .*got 5$/],
    ['a number as an event id', () => cache.invalidate({ tag: 't' }, { eventId: untyped(5) }), /^eventId: .*got 5$/],
    ['an empty event id', () => cache.invalidate({ tag: 't' }, { eventId: '' }), /^eventId: .*got ""$/],
    ['a list of keys in one selector', () => cache.invalidate({ key: untyped(['a']) }), /^key prefix: /],
  ])('%s', async (_case, call, message) => {
    await expect(call()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  test('a policy of a wrong type is rejected even if the key is in memory', async () => {
    await cache.set('hit', 1);
    await expect(cache.getOrLoad('hit', load, untyped(60))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('an error does not show a URL that may hold a password', () => {
    const options = { ...urls, cacheUrl: 'http://user:secret@localhost' };
    expect(() => connectRedis(options)).toThrow(expect.not.stringContaining('secret'));
    expect(() => connectRedis(options)).toThrow(/^cacheUrl: .*may hold a password$/);
  });
});
