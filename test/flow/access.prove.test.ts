import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@pilotlight/runtime';
import { afterAll, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import type { SystemApi } from '../harness/start-system.ts';
import { suiteSystem } from '../harness/suite-system.ts';

const RATE = 20;
const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
const file = join(directory, 'tokens');
const tokenOf = (name: string) => `pl_${name}-of-the-test-of-access`;
const line = (name: string, token: string, options = '') =>
  `${name} read sha256:${digestOf(tokenOf(token)).toString('hex')} ${options}`;
/** Tokens with a limit: each is used for one run. */
const LIMITED = Array.from({ length: 10 }, (_, i) => `limited-${i}`);
const ALWAYS = LIMITED.map((name) => line(name, name, `rate=${RATE}`));

function writeTokens(...lines: string[]): void {
  writeFileSync(`${file}.new`, [...ALWAYS, ...lines, ''].join('\n'));
  renameSync(`${file}.new`, file);
}

writeTokens(line('dashboard', 'first'));
afterAll(() => rmSync(directory, { recursive: true }));
const running = suiteSystem({ apis: 2, workers: 0, env: { TOKENS_FILE: file } });

async function statusOf(api: SystemApi, token: string, more: Record<string, string> = {}): Promise<number> {
  const headers = { authorization: `Bearer ${tokenOf(token)}`, ...more };
  return (await ask(api, 'GET', '/api/files', undefined, headers)).status;
}

const statusesOf = (token: string) => Promise.all(running.apis.map((api) => statusOf(api, token)));
const untilAllAnswer = (token: string, status: number) =>
  expect.poll(() => statusesOf(token), { timeout: 60_000 }).toEqual([status, status]);

/** Reads on both apis with the token that `current` returns, while `during` runs. Returns every status. */
async function underLoad(current: () => string, during: () => Promise<void>): Promise<number[]> {
  const statuses: number[] = [];
  let on = true;
  const readers = running.apis.map(async (api) => {
    while (on) statuses.push(await statusOf(api, current()));
  });
  try {
    await during();
  } finally {
    on = false;
    await Promise.all(readers);
  }
  return statuses;
}

test('a token is replaced under load without a refused request, and the old one is refused on every api', async () => {
  let current = 'first';
  const { etag } = (
    await ask(running.api, 'GET', '/api/files', undefined, { authorization: `Bearer ${tokenOf('first')}` })
  ).headers;
  const statuses = await underLoad(
    () => current,
    async () => {
      writeTokens(line('dashboard', 'first'), line('dashboard', 'second'));
      await untilAllAnswer('second', 200);
      current = 'second';
      writeTokens(line('dashboard', 'second'));
      await untilAllAnswer('first', 401);
    },
  );
  expect(statuses.length).toBeGreaterThan(20);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(await statusOf(running.api, 'second', { 'if-none-match': String(etag) })).toBe(304);
  expect(await statusOf(running.api, 'first', { 'if-none-match': String(etag) })).toBe(401);
});

test('control: a token replaced in one step is refused to its readers', async () => {
  const statuses = await underLoad(
    () => 'second',
    async () => {
      writeTokens(line('dashboard', 'third'));
      await untilAllAnswer('second', 401);
    },
  );
  expect(statuses).toContain(401);
});

test('given a broken file under load, the tokens before stay in force, and each api logs line and reason', async () => {
  const statuses = await underLoad(
    () => 'third',
    async () => {
      writeTokens(line('dashboard', 'third'), 'dashboard reader oops');
      for (const api of running.apis) await api.waitForLog(/TOKENS_FILE: .*: line 12: expected one of the roles/);
    },
  );
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  writeTokens(line('dashboard', 'fourth'));
  await untilAllAnswer('fourth', 200);
});

const timesSaid = (pattern: RegExp) =>
  running.apis.flatMap(({ lines }) => lines).filter((text) => pattern.test(text)).length;

/** Sends twice the limit of a token to each api in turn. Returns how many requests each status got. */
async function sendMore(token: string): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let i = 0; i < 2 * RATE; i++) {
    for (const status of await statusesOf(token)) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

const unused = [...LIMITED];
const nextLimited = (): string => {
  const name = unused.shift();
  if (name === undefined) throw new Error('expected a token that was not used yet: Redis was too slow in every run');
  return name;
};

test('two apis share the limit of a token', async () => {
  for (;;) {
    const lost = timesSaid(/rate limits: the cache Redis does not answer/);
    const counts = await sendMore(nextLimited());
    expect(Object.keys(counts)).toEqual(['200', '429']);
    // On a busy machine Redis may be late, and an api then counts alone for a second.
    if (timesSaid(/rate limits: the cache Redis does not answer/) > lost) continue;
    expect(counts).toEqual({ 200: RATE, 429: 3 * RATE });
    return;
  }
});

test('control: with the cache Redis frozen each api counts alone, no request fails, and they share again after it', async () => {
  const { cache } = running.system.redis;
  await cache.kill('SIGSTOP');
  expect(await sendMore(nextLimited())).toEqual({ 200: 2 * RATE, 429: 2 * RATE });
  for (const api of running.apis) await api.waitForLog(/rate limits: the cache Redis does not answer/);
  const answers = timesSaid(/rate limits: the cache Redis answers/);
  await cache.kill('SIGCONT');
  const token = nextLimited();
  await expect
    .poll(
      async () => {
        await statusesOf(token);
        return timesSaid(/rate limits: the cache Redis answers/);
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThanOrEqual(answers + 2);
});

test('control: with the cache Redis killed no request fails, and the limit holds', async () => {
  await running.system.redis.cache.kill('SIGKILL');
  expect(await sendMore(nextLimited())).toEqual({ 200: 2 * RATE, 429: 2 * RATE });
});
