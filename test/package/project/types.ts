// What callers see, held by the compiler alone: this file is never run.
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
  type OriginUnavailable,
  type Outcome,
  type Policy,
  parseKey,
  type Selector,
  toMs,
} from '@pilotlight/cache-core';
import { type CachedHandler, expressCache, type RequestView } from '@pilotlight/cache-core/express';
import { type Instrumentation, instrumentCache } from '@pilotlight/cache-core/opentelemetry';
import { connectRedis } from '@pilotlight/cache-core/redis';
import type { ManualClock } from '@pilotlight/cache-core/testing';
import { expectTypeOf } from 'expect-type';
import type { RequestHandler } from 'express';

declare const cache: CacheManager;
declare const plain: string;

interface Report {
  readonly total: number;
  readonly rows: { name: string; tags: string[] }[];
}
declare function report(): Promise<Report>;

// A read gives what its load gives, frozen in depth.
expectTypeOf(cache.getOrLoad('k', () => 1)).resolves.toEqualTypeOf<number>();
expectTypeOf(cache.getOrLoad('k', async () => 'text')).resolves.toEqualTypeOf<string>();
expectTypeOf(cache.getOrLoad('k', () => null)).resolves.toEqualTypeOf<null>();
expectTypeOf(cache.getOrLoad({ prefix: 'p', name: 'n', params: {} }, () => true)).resolves.toEqualTypeOf<boolean>();
const loaded = await cache.getOrLoad('k', report);
expectTypeOf(loaded.total).toEqualTypeOf<number>();
expectTypeOf(loaded.rows[0]?.tags[0]).toEqualTypeOf<string | undefined>();
// @ts-expect-error what all readers share can't be written to
loaded.total = 1;
// @ts-expect-error at any depth
loaded.rows.push({ name: '', tags: [] });
const { value, outcome } = await cache.getOrLoadWithOutcome('k', report);
expectTypeOf(value).toEqualTypeOf<typeof loaded>();
expectTypeOf(outcome).toEqualTypeOf<Outcome>();
// What was stored by somebody else is nobody's type.
expectTypeOf(cache.get('k')).resolves.toEqualTypeOf<unknown>();
expectTypeOf(cache.getMany(['k'])).resolves.toEqualTypeOf<unknown[]>();

// A load may ask and say, and what it says about `stale` is typed by what it gives.
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
// A load that returns the answer it replaces adds nothing to the type of what it loads.
const kept = cache.getOrLoad('k', (context) => (context.stale ? context.stale.value : 1));
expectTypeOf(kept).resolves.toEqualTypeOf<number>();
const reused = cache.getOrLoad('k', async (context) => context.stale?.value ?? { at: await Promise.resolve(1) });
expectTypeOf(reused).resolves.toEqualTypeOf<{ readonly at: number }>();
// @ts-expect-error its members are known only to a load that names its type
await cache.getOrLoad('k', (context) => context.stale?.value.total);
// What JSON makes of a value is what is read.
expectTypeOf(cache.getOrLoad('k', () => ({ at: new Date() }))).resolves.toEqualTypeOf<{ readonly at: string }>();
// @ts-expect-error tags are text
expectTypeOf<LoadContext>().toHaveProperty('tag').toBeCallableWith(1);

// A batch gives a value for each target, in their order; an Error in a value's place fails its key, and is no value.
const many = cache.getOrLoadMany(['a', 'b'], async (keys) =>
  keys.map((key) => (key === 'a' ? new Error() : key.length)),
);
expectTypeOf(many).resolves.toEqualTypeOf<number[]>();
const manyTold = await cache.getOrLoadManyWithOutcome(['a'], async (keys) => keys.map((key) => key.length));
expectTypeOf(manyTold).toEqualTypeOf<{ value: number; outcome: Outcome }[]>();
// @ts-expect-error a batch load gives a list
await cache.getOrLoadMany(['a'], async () => 1);

// Keys are text to read, and text is no key until it was checked.
expectTypeOf<CacheKey>().toExtend<string>();
expectTypeOf(buildKey({ prefix: 'p', name: 'n', params: 1 })).toEqualTypeOf<CacheKey>();
expectTypeOf(parseKey(plain)).toEqualTypeOf<CacheKey>();
expectTypeOf(fingerprint({})).toEqualTypeOf<string>();
// @ts-expect-error a plain text
expectTypeOf<string>().toExtend<CacheKey>();
// @ts-expect-error nor does a literal that looks like one
const forged: CacheKey = 'stats:get_stats:5d8782ea43cb739f357f783bf8902624';

// Keys are named by text or by parts, wherever they are named.
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
// @ts-expect-error nothing is selected
expectTypeOf<Record<never, never>>().toExtend<Selector>();
// @ts-expect-error `all: false` would select nothing
await cache.invalidate({ all: false });
// @ts-expect-error no such selector
await cache.invalidate({ pattern: 'files:*' });

// A receipt says which of the two it is, and only what then is known.
declare const receipt: InvalidationReceipt;
if (receipt.state === 'applied') expectTypeOf(receipt.position).toEqualTypeOf<number>();
else expectTypeOf(receipt.position).toEqualTypeOf<null>();
// @ts-expect-error nothing is known of a pending one's epoch
receipt.epoch;

// Outcomes are closed too: a switch over them needs no default.
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

// Durations say their unit.
for (const duration of [5, '250ms', '60s', '1.5m', '1h', '7d'] as const) expectTypeOf(duration).toExtend<Duration>();
expectTypeOf(toMs).returns.toEqualTypeOf<number>();
// @ts-expect-error no such unit
toMs('freshFor', '1w');
// @ts-expect-error no unit
toMs('freshFor', '60');

// Options that do not exist are mistakes.
expectTypeOf<Policy>().toExtend<{ readonly freshFor?: Duration }>();
// @ts-expect-error it is called freshFor
await cache.getOrLoad('k', () => 1, { ttl: 60 });
// @ts-expect-error a cache needs its ports
new CacheManager({});
expectTypeOf<CacheOptions>().toHaveProperty('ports');

// Adapters fit their ports.
expectTypeOf(connectRedis).returns.toExtend<CachePorts>();
expectTypeOf<ManualClock>().toExtend<Clock>();
// @ts-expect-error both servers are named
connectRedis({ cacheUrl: '', logger: console });

// Errors have codes; those of a busy origin say when to come back.
expectTypeOf<CacheError>().toExtend<Error & { readonly code: string }>();
expectTypeOf<OriginUnavailable>().toExtend<CacheError & { readonly retryAfterMs: number }>();

// A cached handler gets what its route's `input` makes of a request; without one, the request's view.
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
