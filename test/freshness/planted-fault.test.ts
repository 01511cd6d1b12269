import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type Api, ask, uploadText } from '../harness/ask.ts';
import { type System, startSystem } from '../harness/start-system.ts';

// One api and two workers, as they are run anywhere; with the fault, each loads it before its own code.
let system: System;

afterEach(() => system?.stop());

const PLANTED = pathToFileURL(join(import.meta.dirname, 'planted', 'skip-one-append.ts')).href;
const LINE = '2026-03-01 10:00:00 INFO shop.Cart: added lamp';
const FOUND = /^served though outdated: /;
const WITHIN_A_MINUTE = { timeout: 60_000, interval: 250 };

const said = (pattern: RegExp): string[] =>
  system.workers.flatMap(({ lines }) => lines.filter((line) => pattern.test(line)));

async function read(api: Api): Promise<{ logs: number; found: number; files: number }> {
  const [stats, search, files] = await Promise.all([
    ask(api, 'GET', '/api/stats'),
    ask(api, 'POST', '/api/search', { q: 'lamp' }),
    ask(api, 'GET', '/api/files'),
  ]);
  return { logs: stats.json.stats.total_logs, found: search.json.total, files: files.json.stats.by_status.indexed };
}

async function freshness(
  api: Api,
): Promise<Record<string, { audited: number; agreed: number; lost: number; unexplained: number }>> {
  const { json } = await ask(api, 'GET', '/api/cache/stats');
  const shown = Object.entries<{ freshness?: Record<string, number> }>(json.endpoints).map(([prefix, of]) => {
    const { audited = 0, agreed = 0, lost_invalidations: lost = 0, unexplained = 0 } = of.freshness ?? {};
    return [prefix, { audited, agreed, lost, unexplained }];
  });
  return Object.fromEntries(shown);
}

test('a planted fault that skips one append is found within a minute, told with key, age and stamp, and made good', async () => {
  system = await startSystem({ apis: 1, workers: 2, env: { NODE_OPTIONS: `--import=${PLANTED}` } });
  const [api] = system.apis;
  if (!api) throw new Error('expected an api');
  expect(await read(api)).toEqual({ logs: 0, found: 0, files: 0 });
  // Acknowledged as applied, and served nowhere: this is what an auditor is for.
  const { invalidation } = await uploadText(api, 'one.log', LINE, 'wait=30');
  const began = performance.now();
  expect(invalidation.state).toBe('applied');
  expect(said(/^skipped an append$/)).toHaveLength(1);
  expect(await read(api)).toMatchObject({ logs: 0, found: 0 });
  await expect.poll(() => said(FOUND), WITHIN_A_MINUTE).not.toEqual([]);
  process.stdout.write(`found after ${Math.round(performance.now() - began)} ms: ${said(FOUND)[0]}\n`);
  expect(said(FOUND)[0]).toMatch(
    /^served though outdated: (stats|search|files):\S+ \(epoch \d+, position \d+, loaded \S+\): file\.indexed \S+ of \d+ ms ago outdates it, and its invalidation is lost; outdated now, at \d+$/,
  );
  await expect.poll(() => read(api), WITHIN_A_MINUTE).toEqual({ logs: 1, found: 1, files: 1 });
  const lost = async () => Object.values(await freshness(api)).reduce((sum, { lost }) => sum + lost, 0);
  await expect.poll(lost, WITHIN_A_MINUTE).toBeGreaterThanOrEqual(1);
});

test('control: without the fault, mixed writes and reads over several audits break no promise, and audits agree', async () => {
  system = await startSystem({ apis: 1, workers: 2 });
  const [api] = system.apis;
  if (!api) throw new Error('expected an api');
  const audits = () => said(/^Audited [1-9]/).length;
  const ids: string[] = [];
  for (let i = 0; audits() < 3; i++) {
    if (i > 5_000) throw new Error(`expected three audits in so many turns, got ${audits()}`);
    await read(api);
    if (i % 10 === 0) ids.push((await uploadText(api, `${i}.log`, `${LINE} ${i}`)).file.id);
    if (i % 25 === 24) await ask(api, 'DELETE', `/api/files/${ids.shift()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(said(FOUND)).toEqual([]);
  const shown = await freshness(api);
  process.stdout.write(`after ${audits()} audits: ${JSON.stringify(shown)}\n`);
  expect(Object.values(shown).reduce((sum, { agreed }) => sum + agreed, 0)).toBeGreaterThan(0);
  for (const [prefix, { lost, unexplained }] of Object.entries(shown))
    expect({ prefix, lost, unexplained }).toEqual({ prefix, lost: 0, unexplained: 0 });
});
