// Checks the public types with the compiler only: this file is never run.
import {
  buildKey,
  type CacheError,
  type CacheKey,
  CacheManager,
  type CacheOptions,
  type CachePorts,
  type Clock,
  type Duration,
  fingerprint,
  type InvalidationReceipt,
  type LoadContext,
  type OriginCircuitOpen,
  type Outcome,
  type Policy,
  parseKey,
  type Selector,
  toMs,
} from '@pilotlight/cache-core';
import { type CachedHandler, expressCache, type RequestView } from '@pilotlight/cache-core/express';
import { type Instrumentation, instrumentCache } from '@pilotlight/cache-core/opentelemetry';
import { type TableRow, type TableWatch, watchTables } from '@pilotlight/cache-core/postgres';
import { connectRedis } from '@pilotlight/cache-core/redis';
import type { ManualClock } from '@pilotlight/cache-core/testing';
import { expectTypeOf } from 'expect-type';
import type { RequestHandler } from 'express';
import type { Pool } from 'pg';

declare const cache: CacheManager;
declare const plain: string;

interface Report {
  readonly total: number;
  readonly rows: { name: string; tags: string[] }[];
}
declare function report(): Promise<Report>;

// A read returns what its load returns, deeply frozen.
expectTypeOf(cache.getOrLoad('k', () => 1)).resolves.toEqualTypeOf<number>();
expectTypeOf(cache.getOrLoad('k', async () => 'text')).resolves.toEqualTypeOf<string>();
expectTypeOf(cache.getOrLoad('k', () => null)).resolves.toEqualTypeOf<null>();
expectTypeOf(cache.getOrLoad({ prefix: 'p', name: 'n', params: {} }, () => true)).resolves.toEqualTypeOf<boolean>();
const loaded = await cache.getOrLoad('k', report);
expectTypeOf(loaded.total).toEqualTypeOf<number>();
expectTypeOf(loaded.rows[0]?.tags[0]).toEqualTypeOf<string | undefined>();
// @ts-expect-error readers share the value, so it is read-only
loaded.total = 1;
// @ts-expect-error at any depth
loaded.rows.push({ name: '', tags: [] });
const { value, outcome } = await cache.getOrLoadWithOutcome('k', report);
expectTypeOf(value).toEqualTypeOf<typeof loaded>();
expectTypeOf(outcome).toEqualTypeOf<Outcome>();
// The type of a value stored by another caller is unknown.
expectTypeOf(cache.get('k')).resolves.toEqualTypeOf<unknown>();
expectTypeOf(cache.getMany(['k'])).resolves.toEqualTypeOf<unknown[]>();

// A load can use its context, and the type of `stale` follows from what the load returns.
const aware = await cache.getOrLoad('k', (context) => {
  expectTypeOf(context.key).toEqualTypeOf<CacheKey>();
  expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
  context.tag('a', 'b');
  context.freshFor('5m');
  return context.stale ? context.notModified() : 1;
});
expectTypeOf(aware).toEqualTypeOf<number>();
const named = cache.getOrLoad('k', async (context: LoadContext<Report>) => context.stale?.value.total ?? 0);
expectTypeOf(named).resolves.toEqualTypeOf<number>();
// A load that may return the stale value adds nothing to the type that it loads.
const kept = cache.getOrLoad('k', (context) => (context.stale ? context.stale.value : 1));
expectTypeOf(kept).resolves.toEqualTypeOf<number>();
const reused = cache.getOrLoad('k', async (context) => context.stale?.value ?? { at: await Promise.resolve(1) });
expectTypeOf(reused).resolves.toEqualTypeOf<{ readonly at: number }>();
// @ts-expect-error the members of `stale` are known only if the load names its type
await cache.getOrLoad('k', (context) => context.stale?.value.total);
// A read returns the value as JSON represents it.
expectTypeOf(cache.getOrLoad('k', () => ({ at: new Date() }))).resolves.toEqualTypeOf<{ readonly at: string }>();
// @ts-expect-error tags are strings
expectTypeOf<LoadContext>().toHaveProperty('tag').toBeCallableWith(1);

// A batch returns one value per target, in order. An Error in place of a value fails its key and is not a value.
const many = cache.getOrLoadMany(['a', 'b'], async (keys) =>
  keys.map((key) => (key === 'a' ? new Error() : key.length)),
);
expectTypeOf(many).resolves.toEqualTypeOf<number[]>();
const manyWithOutcome = await cache.getOrLoadManyWithOutcome(['a'], async (keys) => keys.map((key) => key.length));
expectTypeOf(manyWithOutcome).toEqualTypeOf<{ value: number; outcome: Outcome }[]>();
// @ts-expect-error a batch load returns a list
await cache.getOrLoadMany(['a'], async () => 1);

// Keys are strings, but a string is not a key until it was checked.
expectTypeOf<CacheKey>().toExtend<string>();
expectTypeOf(buildKey({ prefix: 'p', name: 'n', params: 1 })).toEqualTypeOf<CacheKey>();
expectTypeOf(parseKey(plain)).toEqualTypeOf<CacheKey>();
expectTypeOf(fingerprint({})).toEqualTypeOf<string>();
// @ts-expect-error a plain string is not a key
expectTypeOf<string>().toExtend<CacheKey>();
// @ts-expect-error a literal that looks like a key is not one either
const forged: CacheKey = 'stats:get_stats:5d8782ea43cb739f357f783bf8902624';

// A key can be given as text or as parts wherever a key is expected.
const parts = { prefix: 'p', name: 'n', params: { id: 1 } };
expectTypeOf(cache.get).toBeCallableWith(parts);
expectTypeOf(cache.set).toBeCallableWith(parts, 1);
expectTypeOf(cache.delete).toBeCallableWith(parts);
expectTypeOf(cache.getMany).toBeCallableWith([parts, 'k']);
expectTypeOf(cache.invalidate).toBeCallableWith({ key: parts });

// Selectors are a closed union.
for (const selector of [{ all: true }, { prefix: 'p' }, { tag: 't' }, { key: 'k' }] as const)
  expectTypeOf(selector).toExtend<Selector>();
expectTypeOf(cache.invalidate).toBeCallableWith([{ tag: 'a' }, { prefix: 'p', scope: { level: ['ERROR'] } }]);
expectTypeOf(cache.invalidate).toBeCallableWith({ prefix: 'p', scope: { time: { from: 0, to: new Date() } } });
// @ts-expect-error two selectors in one
const both: Selector = { prefix: 'p', tag: 't' };
// @ts-expect-error a tag has no scope
const scopedTag: Selector = { tag: 't', scope: {} };
// @ts-expect-error an empty object selects nothing
expectTypeOf<Record<never, never>>().toExtend<Selector>();
// @ts-expect-error `all: false` would select nothing
await cache.invalidate({ all: false });
// @ts-expect-error there is no such selector
await cache.invalidate({ pattern: 'files:*' });

// A receipt is a discriminated union whose members depend on its state.
declare const receipt: InvalidationReceipt;
if (receipt.state === 'applied') expectTypeOf(receipt.position).toEqualTypeOf<number>();
else expectTypeOf(receipt.position).toEqualTypeOf<null>();
// @ts-expect-error the epoch of a pending receipt is unknown
receipt.epoch;

// Outcomes are a closed union too: a switch over them needs no default.
function shown({ outcome: what }: Outcome): string {
  switch (what) {
    case 'hit':
    case 'stale':
    case 'miss':
    case 'bypass':
      return what;
  }
}
expectTypeOf(shown).returns.toBeString();

// Durations have a unit.
for (const duration of [5, '250ms', '60s', '1.5m', '1h', '7d'] as const) expectTypeOf(duration).toExtend<Duration>();
expectTypeOf(toMs).returns.toEqualTypeOf<number>();
// @ts-expect-error there is no such unit
toMs('freshFor', '1w');
// @ts-expect-error the unit is missing
toMs('freshFor', '60');

// Unknown options are errors.
expectTypeOf<Policy>().toExtend<{ readonly freshFor?: Duration }>();
// @ts-expect-error the option is called freshFor
await cache.getOrLoad('k', () => 1, { ttl: 60 });
// @ts-expect-error a cache needs its ports
new CacheManager({});
expectTypeOf<CacheOptions>().toHaveProperty('ports');

// Adapters implement their ports.
expectTypeOf(connectRedis).returns.toExtend<CachePorts>();
expectTypeOf<ManualClock>().toExtend<Clock>();
// @ts-expect-error both server URLs are required
connectRedis({ cacheUrl: '', logger: console });

// Errors have codes, and errors of a busy origin have the time to retry after.
expectTypeOf<CacheError>().toExtend<Error & { readonly code: string }>();
expectTypeOf<OriginCircuitOpen>().toExtend<CacheError & { readonly retryAfterMs: number }>();

// A cached handler gets the result of its route's `input`, or a view of the request without one.
const { cacheResult, invalidateCache } = expressCache(cache);
expectTypeOf(cacheResult()).parameters.toEqualTypeOf<[CachedHandler<RequestView>]>();
const byDay = cacheResult({ keyPrefix: 'stats', input: ({ query }) => ({ day: String(query['day']) }) });
const route = byDay(function daily(input, context) {
  expectTypeOf(input).toEqualTypeOf<{ day: string }>();
  expectTypeOf(context).toEqualTypeOf<LoadContext>();
  return input.day;
});
expectTypeOf(route).toEqualTypeOf<RequestHandler>();
expectTypeOf(invalidateCache).returns.resolves.toBeNumber();

export { both, forged, scopedTag };

expectTypeOf(instrumentCache({ caches: { main: cache } })).toEqualTypeOf<Instrumentation>();

// A pool of pg can be watched through. A row has the type that the function names, or the values that JSON has.
declare const pool: Pool;
const watching = watchTables(pool, cache, {
  products(row) {
    expectTypeOf(row).toEqualTypeOf<TableRow>();
    return [{ tag: `product:${row['id']}` }];
  },
});
expectTypeOf(watching).toEqualTypeOf<Promise<TableWatch>>();
const typed = { columns: ['total'], selectors: (row: Report) => [{ tag: `${row.total}` }] } as const;
expectTypeOf(watchTables(pool, cache, { reports: typed })).toEqualTypeOf<Promise<TableWatch>>();
// @ts-expect-error the type of the row has no such column
await watchTables(pool, cache, { reports: { columns: ['no'], selectors: (row: Report) => [{ tag: `${row.total}` }] } });
// @ts-expect-error a row has a list of selectors
await watchTables(pool, cache, { reports: (row: Report) => ({ tag: `${row.total}` }) });
