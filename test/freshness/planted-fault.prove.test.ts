import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type Api, ask } from '../harness/ask.ts';
import { type System, startSystem } from '../harness/start-system.ts';
import { uploadIndexed, uploadText } from '../harness/upload.ts';

// One api and two workers in their normal setup; for the fault, each loads a module before its own code.
let system: System;

afterEach(() => system?.stop());

const planted = (file: string): string => pathToFileURL(join(import.meta.dirname, 'planted', file)).href;
const PLANTED = planted('skip-one-append.ts');
const AUDIT_OFTEN = planted('audit-often.ts');
const AUDITED = /^Audited [1-9]/;
const AUDITS = 15;
const LINE = '2026-03-01 10:00:00 INFO shop.Cart: added lamp';
const FOUND = /^served a stale entry as fresh: /;
const WITHIN_A_MINUTE = { timeout: 60_000, interval: 250 };

const logged = (pattern: RegExp): string[] =>
  system.workers.flatMap(({ lines }) => lines.filter((line) => pattern.test(line)));

function first<Item>([item]: readonly Item[]): Item {
  if (item === undefined) throw new Error('expected one at least');
  return item;
}

async function read(api: Api): Promise<{ logs: number; found: number; files: number }> {
  const [stats, search, files] = await Promise.all([
    ask(api, 'GET', '/api/stats'),
    ask(api, 'POST', '/api/search', { q: 'lamp' }),
    ask(api, 'GET', '/api/files'),
  ]);
  return { logs: stats.json.stats.total_logs, found: search.json.total, files: files.json.stats.by_status.indexed };
}

type Shown = Record<'agreed' | 'inconclusive' | 'time_outdated' | 'lost' | 'unexplained', number>;

async function freshness(api: Api): Promise<Record<string, Shown>> {
  const { json } = await ask(api, 'GET', '/api/cache/stats');
  const shown = Object.entries<{ freshness?: Record<string, number> }>(json.endpoints).map(([prefix, of]) => {
    const { agreed = 0, inconclusive = 0, time_outdated = 0 } = of.freshness ?? {};
    const { lost_invalidations: lost = 0, unexplained = 0 } = of.freshness ?? {};
    return [prefix, { agreed, inconclusive, time_outdated, lost, unexplained }];
  });
  return Object.fromEntries(shown);
}

test('an auditor finds a planted lost append within a minute, logs key, age and stamp, and repairs it', async () => {
  system = await startSystem({ apis: 1, workers: 2, env: { NODE_OPTIONS: `--import=${PLANTED}` } });
  const api = first(system.apis);
  expect(await read(api)).toEqual({ logs: 0, found: 0, files: 0 });
  // Acknowledged as applied, but applied nowhere: this is what an auditor must find.
  await uploadIndexed(api, 'one.log', LINE);
  const began = performance.now();
  expect(logged(/^skipped an append$/)).toHaveLength(1);
  const stale = await read(api);
  // Unless an audit came between.
  if (logged(FOUND).length === 0) expect(stale).toMatchObject({ logs: 0, found: 0 });
  await expect.poll(() => logged(FOUND), WITHIN_A_MINUTE).not.toEqual([]);
  process.stdout.write(`found after ${Math.round(performance.now() - began)} ms: ${logged(FOUND)[0]}\n`);
  expect(logged(FOUND)[0]).toMatch(
    /^served a stale entry as fresh: (stats|search|files):\S+ \(epoch \d+, position \d+, loaded \S+\): file\.indexed \S+ of \d+ ms ago invalidates it, but its invalidation is lost( \(or one of \d+ more\))?; invalidated now at position \d+$/,
  );
  await expect.poll(() => read(api), WITHIN_A_MINUTE).toEqual({ logs: 1, found: 1, files: 1 });
  const lost = async () => Object.values(await freshness(api)).reduce((sum, { lost }) => sum + lost, 0);
  await expect.poll(lost, WITHIN_A_MINUTE).toBeGreaterThanOrEqual(1);
});

const SEARCHES = [
  {},
  { level: 'INFO' },
  { service: 'shop.Pay' },
  { from: '2026-01-01' },
  { to: '2026-01-01' },
  { page: 2 },
];

test('control: without the fault, mixed reads and writes break no promise and audits agree', async () => {
  system = await startSystem({ apis: 2, workers: 2, env: { NODE_OPTIONS: `--import=${AUDIT_OFTEN}` } });
  const { apis } = system;
  const ids: string[] = [];
  const apiOf = (turn: number): Api => apis[turn % apis.length] ?? first(apis);
  for (let turn = 0; logged(AUDITED).length < AUDITS; turn++) {
    const api = apiOf(turn);
    await Promise.all([read(api), ...SEARCHES.map((body) => ask(api, 'POST', '/api/search', body))]);
    if (turn % 20 === 0) ids.push((await uploadText(api, `${turn}.log`, `${LINE} ${turn}`)).file.id);
    if (turn % 50 === 49) await ask(api, 'DELETE', `/api/files/${ids.shift()}`);
    await delay(20);
  }
  expect(logged(FOUND)).toEqual([]);
  const shown = await freshness(first(apis));
  process.stdout.write(`after ${AUDITS} audits: ${JSON.stringify(shown)}\n`);
  for (const [prefix, { agreed, lost, unexplained }] of Object.entries(shown)) {
    expect({ prefix, lost, unexplained }).toEqual({ prefix, lost: 0, unexplained: 0 });
    expect(agreed, prefix).toBeGreaterThan(0);
  }
});
