import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@pilotlight/runtime';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dumpStores } from '../testing/dump-stores.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

const TOKENS = {
  read: 'pl_token-of-a-reader-that-must-not-be-shown',
  write: 'pl_token-of-a-writer-that-must-not-be-shown',
  admin: 'pl_token-of-an-admin-that-must-not-be-shown',
  expired: 'pl_token-that-expired-and-must-not-be-shown',
};
const line = (name: keyof typeof TOKENS, role: string, options = '') =>
  `${name} ${role} sha256:${digestOf(TOKENS[name]).toString('hex')} ${options}\n`;
const FILE = ['read', 'write', 'admin'].map((role) => line(role as 'read', role)).join('');
const as = (name: keyof typeof TOKENS) => ({ authorization: `Bearer ${TOKENS[name]}` });
const basic = (name: keyof typeof TOKENS) => ({
  authorization: `Basic ${Buffer.from(`admin:${TOKENS[name]}`).toString('base64')}`,
});

const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
const tokensFile = join(directory, 'tokens');
/** Every line that the api logs at level trace. */
const logged: string[] = [];
let api: TestApi;
beforeAll(async () => {
  writeFileSync(tokensFile, FILE + line('expired', 'admin', 'expires=2020-01-01'));
  const logger = pino({ level: 'trace' }, { write: (text: string) => logged.push(text) });
  api = await startTestApi({ tokensFile }, { logger });
});
afterAll(async () => {
  await api.stop();
  rmSync(directory, { recursive: true });
});

interface Audited {
  records: { action: string; token: string | null; path: string; input: unknown; status: number; request_id: string }[];
  next: number | null;
}
const audit = async (query = ''): Promise<Audited> =>
  (await (await api.fetch(`/api/audit${query}`, { headers: as('admin') })).json()) as Audited;

test('an answer in the cache is not given without a right: neither a hit nor a 304', async () => {
  const first = await api.fetch('/api/stats', { headers: as('read') });
  expect(first.status).toBe(200);
  const known = { 'if-none-match': first.headers.get('etag') ?? '', 'cache-control': 'max-age=0' };
  expect((await api.fetch('/api/stats', { headers: as('read') })).headers.get('cache-status')).toContain('hit');
  expect((await api.fetch('/api/stats', { headers: { ...as('read'), ...known } })).status).toBe(304);
  for (const wrong of [{}, as('expired'), { authorization: 'Bearer x' }, basic('read')]) {
    for (const more of [{}, known]) {
      const refused = await api.fetch('/api/stats', { headers: { ...wrong, ...more } });
      expect(refused.headers.get('etag')).toBeNull();
      await expectProblem(refused, 401);
    }
    await expectProblem(await api.postJson('/api/search', {}, wrong as Record<string, string>), 401);
  }
});

test('each role reaches its routes, and no other one', async () => {
  const deleteFile = (name: keyof typeof TOKENS) => api.fetch('/api/files/x', { method: 'DELETE', headers: as(name) });
  await expectProblem(await deleteFile('read'), 403);
  await expectProblem(await api.upload('x', 'a.log', as('read')), 403);
  await expectProblem(await deleteFile('write'), 404);
  expect((await api.upload('x', 'a.log', as('write'))).status).toBe(202);
  for (const path of ['/api/retention', '/api/cache/keys', '/admin/queues', '/api/audit']) {
    await expectProblem(await api.fetch(path, { headers: as('write') }), 403);
    expect((await api.fetch(path, { headers: as('admin') })).status).toBe(200);
  }
});

test('the audit log has who deleted and invalidated what, the uses of tokens and the refusals', async () => {
  const headers = { ...as('admin'), 'x-request-id': 'audited-1' };
  await api.postJson('/api/cache/invalidate', { prefix: 'stats' }, headers);
  await api.fetch('/api/files/gone?x=1', { method: 'DELETE', headers: as('write') });
  await api.fetch('/api/stats', { headers: { authorization: 'Bearer x' } });
  await vi.waitUntil(async () => (await audit()).records.some(({ path }) => path === '/api/files/gone'), {
    timeout: 30_000,
  });
  const { records } = await audit('?limit=1000');
  const address = '127.0.0.1';
  expect(records).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ action: 'deleteFile', token: 'write', path: '/api/files/gone', status: 400, address }),
      expect.objectContaining({
        ...{ action: 'invalidateCache', token: 'admin', status: 200, address, request_id: 'audited-1' },
        input: { prefix: 'stats' },
      }),
      expect.objectContaining({ action: 'useToken', token: 'read', address }),
      expect.objectContaining({ action: 'refuseToken', token: null, status: 401, address }),
      expect.objectContaining({ action: 'refuseToken', token: 'expired', status: 401, address }),
    ]),
  );
  const page = await audit('?limit=2');
  expect(page.records).toEqual(records.slice(0, 2));
  expect((await audit(`?limit=1&before=${page.next}`)).records).toEqual(records.slice(2, 3));
  await expectProblem(await api.fetch('/api/audit?limit=0', { headers: as('admin') }), 400);
});

test('a token is in no log line, answer, record, job or key of Redis', async () => {
  const shown: string[] = [];
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await api.fetch(path, init);
    shown.push(await answer.text(), JSON.stringify([...answer.headers]));
  };
  const names = Object.keys(TOKENS) as (keyof typeof TOKENS)[];
  for (const headers of [
    ...names.map(as),
    ...names.map(basic),
    { authorization: TOKENS.admin },
    { authorization: `Token ${TOKENS.read}` },
  ]) {
    for (const path of [
      '/api/stats',
      '/api/files/x',
      '/api/cache/stats',
      '/api/audit',
      '/readyz',
      '/nothing',
      '/metrics',
    ])
      await ask(path, { headers });
    await ask('/api/search', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"q":1}',
    });
    await ask('/api/files/x', { method: 'DELETE', headers });
  }
  await ask('/api/retention', { method: 'POST', headers: as('admin') });
  await api.upload('2026-01-01 00:00:00 INFO a: b', 'a.log', as('write'));
  const stores = await dumpStores(api);
  const everything = [...logged, ...shown, ...stores].join('\n');
  expect(everything).toContain('audit: deleteFile /api/files/x by write');
  expect(stores.join('\n')).toContain('name:write');
  for (const name of names) {
    expect(everything).not.toContain(TOKENS[name]);
    expect(everything).not.toContain(TOKENS[name].slice(3));
    expect(everything).not.toContain(Buffer.from(`admin:${TOKENS[name]}`).toString('base64'));
    expect(everything).not.toContain(digestOf(TOKENS[name]).toString('hex'));
  }
  expect(everything).not.toContain(asAdmin.authorization);
});
