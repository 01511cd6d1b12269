import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PACKAGE = join(import.meta.dirname, '..', '..', 'packages', 'cache-core');
const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
const sourceOf = (file: string) => readFileSync(join(PACKAGE, 'src', file), 'utf8');

/** Returns the rows of the table under a heading, each as its cells. */
function rowsOf(heading: string): string[][] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((row) => row.replace(/^\| | \|$/g, '').split(' | '));
}

test('its table of errors lists every error code with its class, and no others', () => {
  const source = sourceOf('model/errors.ts');
  const classes = [...source.matchAll(/class (\w+) extends CacheError[\s\S]*?super\(\s*'([A-Z_]+)'/g)];
  const codes = classes.map(([, name, code]) => `\`${code}\` \`${name}\``).sort();
  expect(codes.length).toBeGreaterThan(5);
  expect(
    rowsOf('Errors')
      .map(([code, name]) => `${code} ${name}`)
      .sort(),
  ).toEqual(codes);
});

/** Values in the table of limits, and the source text that each of them must match. */
const LIMITS: readonly (readonly [value: string, file: string, source: string])[] = [
  ['1,024 bytes of UTF-8', 'model/key.ts', 'MAX_KEY_BYTES = 1_024;'],
  ['100 letters, digits', 'model/key.ts', 'SEGMENT = /^[A-Za-z0-9_.-]{1,100}$/'],
  ['100 levels deep', 'model/key.ts', 'DEEPEST_PARAMS = 100;'],
  ['8 MiB', 'envelope/codec-options.ts', 'maxEntryBytes = 8 * 1_048_576'],
  ['1 KiB', 'envelope/codec-options.ts', 'MIN_CEILING_BYTES = 1_024;'],
  ['to 256 MiB', 'envelope/codec-options.ts', 'MAX_CEILING_BYTES = 256 * 1_048_576;'],
  ['64 MiB (`memoryBytes`)', 'cache-options.ts', 'memoryBytes = 64 * 1_048_576'],
  ['366 days', 'model/duration.ts', 'MAX_DURATION_MS = 366 *'],
  ['0 to 0.5', 'model/policy.ts', "numberWithin('jitter', policy.jitter ?? 0.1, 0.5)"],
  ['0 to 10', 'model/policy.ts', "numberWithin('earlyRefresh', policy.earlyRefresh ?? DEFAULT_EARLY_REFRESH, 10)"],
  ['100 ms to 1 s', 'cache-options.ts', 'MIN_LEASE_MS = 100;'],
  ['100 ms to 1 s', 'redis/redis-log.ts', 'MAX_LEASE_MS = 1_000;'],
  ['| 1,000, of 1,024 characters each |', 'engine/load-context.ts', 'MAX_TAGS = 1_000;'],
  ['| 1,000, of 1,024 characters each |', 'model/selector.ts', 'MAX_SELECTOR_LENGTH = 1_024;'],
  ['| selectors of one invalidation | 1,000 |', 'log/invalidator.ts', 'MAX_SELECTORS = 1_000;'],
  ['1 to 1,024 characters', 'log/invalidator.ts', 'MAX_EVENT_ID_LENGTH = 1_024;'],
  ['| 16, with names of 100 characters |', 'model/scope.ts', 'MAX_DIMENSIONS = 16;'],
  ['| 16, with names of 100 characters |', 'model/scope.ts', 'MAX_DIMENSION_LENGTH = 100;'],
  ['| 100, of 200 characters each |', 'model/scope.ts', 'MAX_NAMES = 100;'],
  ['| 100, of 200 characters each |', 'model/scope.ts', 'MAX_NAME_LENGTH = 200;'],
  ['4,096 characters', 'model/scope.ts', 'MAX_SCOPE_LENGTH = 4_096;'],
  ['1,024 in a selector', 'model/selector.ts', 'MAX_SELECTOR_SCOPE_LENGTH = 1_024;'],
  ['its first 16', 'model/selector.ts', 'DEEPEST_PREFIX = 16;'],
  ['30 s (`hardTimeout`)', 'model/policy.ts', 'DEFAULT_HARD_TIMEOUT_MS = 30_000'],
  ['16 at a time', 'engine/origin-limiter-options.ts', 'options.concurrency ?? 16'],
  ['1,000 waiting', 'engine/origin-limiter-options.ts', 'options.maxWaiting ?? 1_000'],
  ['for 10 s', 'engine/origin-limiter-options.ts', "options.waitAtMost ?? '10s'"],
  ['30 s (`waitForFill`)', 'cache-options.ts', "options.waitForFill ?? '30s'"],
  ['10,000 invalidations', 'redis/redis-log.ts', 'LIMITS: LogLimits = { records: 10_000,'],
  ['8,000 selectors', 'redis/redis-log.ts', ' selectors: 8_000,'],
  ['8,000 scopes', 'redis/redis-log.ts', ' scoped: 8_000,'],
  ['8,000 keys', 'redis/redis-log.ts', ' keys: 8_000 }'],
  ['10,000 (`maxRowsPerStatement`)', 'postgres/table-options.ts', 'maxRowsPerStatement: maxRows = 10_000'],
  ['24 hours', 'redis/redis-log.ts', 'EVENT_KEPT_MS = 24 * 3_600_000;'],
  ['2,000 keys', 'demand/hot-keys.ts', 'MAX_HOT_KEYS = 2_000;'],
  ['recipes of 2,048 bytes', 'demand/recipe-codec.ts', 'MAX_RECIPE_BYTES = 2_048;'],
  ['1,000 keys and 30 kinds of each', 'learning/rate-registry.ts', 'MAX_KEYS = 1_000;'],
  ['1,000 keys and 30 kinds of each', 'learning/rate-registry.ts', 'MAX_KINDS = 30;'],
  ['of each of 100 prefixes', 'learning/rate-registry.ts', 'MAX_PREFIXES = 100;'],
  ['100 in each process', 'stats/read-counters.ts', 'MAX_PREFIXES = 100;'],
  ['50 ms cache server', 'redis/connect-redis.ts', "timeouts.cacheTimeout ?? '50ms'"],
  ['250 ms durable server', 'redis/connect-redis.ts', "timeouts.queueTimeout ?? '250ms'"],
  ['after 3 failures', 'redis/server-guard.ts', 'FAILURES_TO_OPEN = 3;'],
  ['opens for 1 s', 'redis/server-guard.ts', 'OPEN_FOR_MS = 1_000;'],
];

test.for(LIMITS)('its limit "%s" matches %s', ([value, file, source]) => {
  const table = rowsOf('Limits').map((cells) => `| ${cells.join(' | ')} |`);
  expect(table.filter((row) => row.includes(value))).not.toEqual([]);
  expect(sourceOf(file).includes(source), `${file} with ${source}`).toBe(true);
});

test('every limit of its table is checked', () => {
  const checked = LIMITS.map(([value]) => value);
  const rows = rowsOf('Limits').map((cells) => `| ${cells.join(' | ')} |`);
  const unchecked = rows.filter((row) => /\d/.test(row) && !checked.some((value) => row.includes(value)));
  expect(unchecked).toEqual([]);
});

test('its install command lists the dependencies of its entry points', () => {
  const { peerDependencies }: { peerDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(PACKAGE, 'package.json'), 'utf8'),
  );
  const line = /^npm install .*$/m.exec(readme)?.[0] ?? '';
  for (const name of ['express', 'ioredis', 'redlock']) expect(line).toContain(` ${name}`);
  expect(line).toContain(`redlock@${peerDependencies['redlock']}`);
});

test('it links to the reference and to each decision about the package', () => {
  for (const page of [
    'api/README.md',
    'freshness.md',
    'observability.md',
    'coming-from.md',
    'invariants.md',
    'peers.md',
    'glossary.md',
  ])
    expect(readme).toContain(`](../../docs/${page})`);
  for (const number of ['0001', '0002', '0007', '0008', '0009', '0010', '0011', '0023'])
    expect(readme).toContain(`../../docs/decisions/${number}-`);
});
