import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { runCli, runToEnd } from '../harness/run-cli.ts';
import { suiteSystem } from '../harness/suite-system.ts';

const WRITE_TOKEN = 'a-token-with-the-role-write';
const running = suiteSystem({ apis: 2, workers: 1, env: { API_TOKENS: WRITE_TOKEN } });

const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The environment of a command that uses one of the apis, as an administrator unless another token is given. */
const envOf = (api: { url: string } = running.api, token = running.system.adminToken) => ({
  PILOTLIGHT_URL: api.url,
  PILOTLIGHT_TOKEN: token,
});
const json = async (...args: string[]) => {
  const { code, result } = await runToEnd(args, envOf());
  expect(code).toBe(0);
  return result;
};
const text = async (...args: string[]) => {
  const { ending, out, err } = await runCli(args, envOf()).ended;
  expect({ ending, err }).toEqual({ ending: 0, err: '' });
  return out.join('\n');
};
const fileOf = (name: string, ...lines: string[]) => {
  const path = join(directory, name);
  writeFileSync(path, lines.join('\n'));
  return path;
};

test('a file that is uploaded is listed, and its lines are found', async () => {
  const path = fileOf('shop.log', '2026-03-01 10:00:00 INFO cart: lamp', '2026-03-01 10:00:01 ERROR pay: declined');
  expect(await text('upload', path, '--wait', '30')).toMatch(/^shop\.log: indexed as \S+ \(\d+ B, 2 lines, 1 errors\)/);
  expect(await text('files')).toMatch(/indexed +2 +2 +1 .*shop\.log/);
  expect(await text('search', 'declined', '--level', 'error')).toMatch(
    /^2026-03-01T10:00:01\.000Z ERROR {3}pay: declined\n\n1 of 1 lines, found in \d/,
  );
  expect((await json('search', 'declined')).total).toBe(1);
});

describe('given reads of both apis', () => {
  const headers = () => ({ authorization: `Bearer ${WRITE_TOKEN}` });
  const readsOf = async (window: string) => {
    const { stats } = (await json('stats')).endpoints;
    const { hits, misses } = window === 'all' ? stats : stats.windows[window];
    return hits + misses;
  };

  test('stats counts them, in windows too, and still does after one of them ended', async () => {
    for (let i = 0; i < 5; i++)
      for (const api of running.apis) await ask(api, 'GET', '/api/stats', undefined, headers());
    await expect.poll(() => readsOf('all')).toBe(10);
    for (const window of ['1m', '15m', '60m']) expect(await readsOf(window)).toBe(10);
    expect(await text('stats', '--window', '60m')).toMatch(/^ENDPOINT .*\n(.*\n)*stats +10 +/);
    await running.apis[1].stop();
    await running.system.addApi();
    const later = running.system.apis.at(-1);
    const { result } = await runToEnd(['stats'], envOf(later));
    expect(result.endpoints.stats.windows['60m']).toMatchObject({ misses: expect.any(Number) });
    expect(await readsOf('all')).toBe(10);
  });

  test('an invalidation through one api reaches the entry of the other, and explain names it', async () => {
    await ask(running.api, 'GET', '/api/stats', undefined, headers());
    const { keys } = await json('keys', 'stats');
    const [{ key }] = keys;
    const later = running.system.apis.at(-1);
    // An entry of the shared tier may end meanwhile, and a process that was paused has no lease for a moment.
    const outcome = async () => {
      await ask(running.api, 'GET', '/api/stats', undefined, headers());
      return (await runToEnd(['explain', key], envOf(later))).result.next.outcome;
    };
    await expect.poll(outcome).toBe('hit');
    expect((await json('invalidate', 'stats', '--dry-run')).rewarm.keys).toBeGreaterThan(0);
    const { position } = await json('invalidate', '--key', key);
    const { result } = await runToEnd(['explain', key], envOf(later));
    expect(result.last_invalidation).toEqual({ mode: 'invalidate', selector: `k:${key}`, position });
    expect((await json('warm', '--key', key)).loaded + (await json('warm', '--key', key)).fresh).toBeGreaterThan(0);
  });
});

test('tail prints a matching line once it is indexed, and SIGINT ends it with 0', async () => {
  const tail = runCli(['tail', 'declined', '--level', 'ERROR'], envOf());
  const upload = () =>
    text(
      'upload',
      fileOf('tail.log', '2026-03-02 10:00:00 INFO pay: declined', '2026-03-02 10:00:01 ERROR pay: declined'),
    );
  const line = tail.line((one) => one.includes('ERROR'));
  // The stream may begin after the first of them.
  const uploads = setInterval(() => void upload().catch(() => undefined), 2_000);
  expect(await line.finally(() => clearInterval(uploads))).toBe('2026-03-02T10:00:01.000Z ERROR   pay: declined');
  tail.kill('SIGINT');
  const { ending, out } = await tail.ended;
  expect(ending).toBe(0);
  expect(out.join('\n')).not.toContain('INFO');
});

test('retention lists and deletes by the rules of the api', async () => {
  await text('upload', fileOf('old.log', '2020-01-01 00:00:00 INFO app: old'), '--wait', '30');
  const api = await running.system.addApi({ RETENTION_DAYS: '2000' });
  const due = await runToEnd(['retention', '--dry-run'], envOf(api));
  expect(due.result.files.map(({ name }: { name: string }) => name)).toEqual(['old.log']);
  expect((await runToEnd(['retention'], envOf(api))).result.deleted.files).toBe(1);
  expect(await text('files')).not.toContain('old.log');
});

test.for([
  ['without a token', '', 5, /UNAUTHORIZED/],
  ['with an unknown token', 'unknown', 5, /UNAUTHORIZED/],
  ['with a token of a lesser role', WRITE_TOKEN, 6, /role that the command needs/],
] as const)('an admin command %s exits with a code of its own', async ([, token, code, message]) => {
  const { ending, out, err } = await runCli(['keys'], envOf(running.api, token)).ended;
  expect({ ending, out }).toEqual({ ending: code, out: [] });
  expect(err).toMatch(message);
});
