import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheChannels } from '@pilotlight/cache-core';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = join(ROOT, 'packages', 'cache-core', 'src');
const page = readFileSync(join(ROOT, 'docs', 'observability.md'), 'utf8');
const diagnostics = readFileSync(join(SOURCES, 'model/diagnostics.ts'), 'utf8');
const opentelemetry = globSync('opentelemetry/*.ts', { cwd: SOURCES, exclude: ['**/*.test.ts'] })
  .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
  .join('\n');

/** Returns the cells of each row whose first cell matches. */
function rows(first: RegExp): string[][] {
  const cells = page.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter(([cell = '']) => first.test(cell));
}

/** Returns the texts in backticks, up to a semicolon and outside of brackets. */
const named = (cell = '') =>
  [...(cell.split('; of hits')[0] ?? '').replace(/\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

test('the page of observability lists each channel with its message type and members', () => {
  const interfaces = new Map(
    [...diagnostics.matchAll(/export interface (\w+) \{\n([\s\S]*?)\n\}/g)].map(([, name = '', body = '']) => [
      name,
      [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, member = '']) => member),
    ]),
  );
  const listed = rows(/^`pilotlight:cache:/);
  expect(new Map(listed.map(([, message = '', members]) => [message.replaceAll('`', ''), named(members)]))).toEqual(
    interfaces,
  );
  expect(new Set(listed.map(([channel]) => named(channel)[0]))).toEqual(new Set(Object.values(cacheChannels)));
});

test('it lists each metric with its kind, its unit and valid attributes', () => {
  const KINDS: Record<string, string> = {
    createCounter: 'counter',
    createObservableCounter: 'counter',
    createObservableGauge: 'gauge',
    createObservableUpDownCounter: 'up-down counter',
  };
  const made = [...opentelemetry.matchAll(/meter\.(create\w+)\('([\w.]+)', \{[^}]*?unit: '([^']+)'/g)].map(
    ([, create = '', name = '', unit = '']) => [name, KINDS[create], unit],
  );
  const timed = [...opentelemetry.matchAll(/seconds\(\s*meter,\s*'([\w.]+)'/g)].map(([, name = '']) => [
    name,
    'histogram',
    's',
  ]);
  const listed = rows(/^`pilotlight\.cache\./).map(([name, kind = '', unit]) => [named(name)[0], kind, named(unit)[0]]);
  expect(made.length).toBeGreaterThan(8);
  expect(listed.sort()).toEqual([...made, ...timed].sort());
});

test('it names every attribute of metrics and spans, and no others', () => {
  const source = readFileSync(join(SOURCES, 'opentelemetry', 'attributes.ts'), 'utf8');
  const constants = [...source.matchAll(/^(?:export )?const [A-Z_]+ = '(?:pilotlight\.cache\.)?([\w.]+)';/gm)];
  const ofMetrics = rows(/^`pilotlight\.cache\./).flatMap(([, , , attributes]) => named(attributes));
  const ofSpans = rows(/^`cache\./).flatMap(([, attributes]) => named(attributes));
  expect(new Set([...ofMetrics, ...ofSpans])).toEqual(new Set(constants.map(([, name = '']) => name)));
});

test.each([
  [/'Cache-Status'/, ['packages/cache-core/src/express/send-answer.ts']],
  [/(?<!function )\bcacheStatus\(/, ['packages/cache-core/src/express/send-answer.ts']],
  [/Cache (HIT|MISS)/, ['packages/cache-core/src/stats/reporter.ts']],
  [/new ReadCounters\(/, ['packages/cache-core/src/stats/reporter.ts']],
  [/\bchannel\(cacheChannels\.read\)/, ['packages/cache-core/src/stats/reporter.ts']],
  [
    /= outcomeOf\(|outcome: outcomeOf\(/,
    ['packages/cache-core/src/engine/instrumented-reader.ts', 'packages/cache-core/src/engine/reader.ts'],
  ],
])('text that matches %s is derived from the outcome of a read in one place', (pattern, places) => {
  const sources = globSync(['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], {
    cwd: ROOT,
    // The contracts, the client and the console describe or read the header, and derive none.
    exclude: [
      '**/*.test.ts',
      '**/testing/**',
      'packages/simulation/**',
      'packages/{client,contracts}/**',
      'apps/console/**',
    ],
  });
  const found = sources.filter((file) => pattern.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(found.sort()).toEqual(places);
});
