import { buildKey } from '@pilotlight/cache-core';
import type { Origin } from '@pilotlight/origin';
import { expect, test } from 'vitest';
import { originOf, policyOf, RECIPES, recipeOf } from './recipes.ts';

const INPUTS = [
  [RECIPES.stats, {}],
  [RECIPES.stats, { from: '2015-05-17', to: '2015-05-18T02:00:00+02:00', service: 'web' }],
  [RECIPES.stats, { tz: 'europe/kyiv', interval: '1d', level: ['WARN', 'ERROR'] }],
  [RECIPES.stats, { tz: 'utc' }],
  [RECIPES.search, {}],
  [RECIPES.search, { q: 'error', level: 'ERROR' }],
  [RECIPES.search, { level: ['WARN', 'ERROR', 'WARN'], page: 2, page_size: 10, sort: 'oldest' }],
  [RECIPES.files, {}],
  [RECIPES.files, { limit: '10', cursor: 'abc' }],
] as const;

test.for(INPUTS)(
  'a worker that computes a stored recipe again fills the key that the reader asked for: %#',
  ([recipe, asked]) => {
    const { prefix, name } = recipe;
    const params = recipe.schema.parse(asked);
    const stored = JSON.parse(JSON.stringify({ prefix, name, params }));
    const parsedAgain = recipe.schema.parse(stored.params);
    expect(buildKey({ prefix, name, params: parsedAgain })).toBe(buildKey({ prefix, name, params }));
    expect(recipeOf(stored)).not.toBeNull();
  },
);

test.for(Object.values(RECIPES))('an aborted load of $prefix is aborted at the origin too', async (recipe) => {
  const signal = AbortSignal.abort('given up');
  const seen: unknown[] = [];
  const ask = async (_query: unknown, given?: AbortSignal): Promise<never> => {
    seen.push(given);
    throw given?.reason;
  };
  const origin = { logs: { stats: ask, search: ask }, files: { list: ask } } as unknown as Origin;
  const load = recipeOf({ ...recipe, params: {} })?.load(origin, {
    kind: () => undefined,
    scope: () => undefined,
    signal,
  });
  await expect(load).rejects.toBe('given up');
  expect(seen).toEqual([signal]);
});

test.for(['postgres', 'elasticsearch'] as const)('with %s, searches have limits of their own', (name) => {
  const { stats, search, files } = RECIPES;
  const [ofStats, ofSearch, ofFiles] = [stats, search, files].map((recipe) => originOf(recipe, { logs: { name } }));
  expect(ofStats).toBe(name === 'postgres' ? 'default' : name);
  expect(ofSearch).toBe('search');
  expect(ofFiles).toBe('default');
});

test('missing and default fields give the same key', () => {
  const { prefix, name, schema } = RECIPES.search;
  const keyOf = (asked: object) => buildKey({ prefix, name, params: schema.parse(asked) });
  expect(keyOf({ q: '', page: 1, page_size: 50, sort: 'newest', context: 0 })).toBe(keyOf({}));
  expect(keyOf({ level: 'ERROR' })).toBe(keyOf({ level: ['ERROR'] }));
  expect(keyOf({ q: 'error' })).not.toBe(keyOf({ q: 'Error' }));
});

test('every spelling of a time zone gives the same key, and UTC the key without one', () => {
  const { prefix, name, schema } = RECIPES.stats;
  const keyOf = (asked: object) => buildKey({ prefix, name, params: schema.parse(asked) });
  for (const tz of ['UTC', 'utc', 'Etc/UTC', 'GMT']) expect(keyOf({ tz })).toBe(keyOf({}));
  expect(keyOf({ tz: 'us/eastern' })).toBe(keyOf({ tz: 'America/New_York' }));
  expect(keyOf({ tz: 'Europe/Paris' })).not.toBe(keyOf({ tz: 'Europe/Berlin' }));
  expect(keyOf({ interval: '1h' })).not.toBe(keyOf({}));
});

test.for([
  { prefix: 'stats', name: 'get_stats', params: { tz: 'Mars/Olympus' } },
  { prefix: 'stats', name: 'get_stats', params: { from: 'yesterday' } },
  { prefix: 'stats', name: 'get_stats_of_an_older_deploy', params: {} },
  { prefix: 'search', name: 'search_logs', params: null },
])('a stored recipe that no longer parses is ignored: %j', (stored) => {
  expect(recipeOf(stored)).toBeNull();
});

test.for([
  ['stats', {}, 'open'],
  ['search', { from: '2015-05-17' }, 'open'],
  ['search', { to: '2015-05-18' }, 'bounded'],
  ['stats', { to: '2015-05-18', file_id: '01a20449-0000-7000-8000-000000000000' }, 'file'],
  ['files', {}, 'newest'],
  ['files', { cursor: 'abc' }, 'older'],
] as const)('a load of %s with %j names its kind %s', async ([name, params, expected]) => {
  const kinds: string[] = [];
  const ask = async () => ({});
  const origin = { logs: { stats: ask, search: ask }, files: { list: ask } } as unknown as Origin;
  const { signal } = new AbortController();
  const recipe = recipeOf({ ...RECIPES[name], params });
  await recipe?.load(origin, { kind: (kind) => kinds.push(kind), scope: () => undefined, signal });
  expect(kinds).toEqual([expected]);
});

test.for(Object.values(RECIPES))('$prefix learns between a fifth and five times its fixed time', (recipe) => {
  const fixedMs = recipe.timeout * 1_000;
  const { freshForMs, learn } = policyOf(recipe, { logs: { name: 'postgres' } });
  expect(freshForMs).toBe(fixedMs);
  expect(learn).toMatchObject({ mode: 'on', outdatedShare: 0.01, fixedMs, betweenMs: [fixedMs / 5, fixedMs * 5] });
});
