import type { Problem } from '@pilotlight/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi } from '../testing/test-api.ts';

const NONE = { bytes: null, files: null };
const [ONE, OTHER] = ['first-token-of-the-api', 'second-token-of-the-api'] as const;
const as = (token: string) => ({ authorization: `Bearer ${token}` });

async function openApi(...overrides: Parameters<typeof startTestApi>) {
  const api = await startTestApi(...overrides);
  onTestFinished(() => api.stop());
  return api;
}

test('an upload beyond the quota of its token gets 507 with the numbers; another token may upload', async () => {
  const quotas = { total: NONE, perUploader: { bytes: 1_000, files: null } };
  const api = await openApi({ apiTokens: [ONE, OTHER], quotas });
  const first = await api.upload('x'.repeat(600), 'a.log', as(ONE));
  expect(first.status).toBe(202);
  const problem = await expectProblem(await api.upload('x'.repeat(401), 'b.log', as(ONE)), 507);
  expect(problem).toMatchObject({
    code: 'QUOTA_EXCEEDED',
    quota: { scope: 'token', limit_bytes: 1_000, limit_files: null, used_bytes: 600, used_files: 1, upload_bytes: 401 },
  });
  expect(await api.left()).toMatchObject({ files: 1, chunks: 1, uploads: 0 });
  expect((await api.upload('x'.repeat(400), 'c.log', as(ONE))).status).toBe(202);
  expect((await api.upload('x'.repeat(1_000), 'd.log', as(OTHER))).status).toBe(202);
  const { file } = (await first.json()) as { file: { id: string } };
  await api.fetch(`/api/files/${file.id}`, { method: 'DELETE', headers: as(ONE) });
  expect((await api.upload('x'.repeat(600), 'e.log', as(ONE))).status).toBe(202);
});

test('the number of files in total is limited over all tokens', async () => {
  const api = await openApi({
    apiTokens: [ONE, OTHER],
    quotas: { total: { bytes: null, files: 2 }, perUploader: NONE },
  });
  for (const token of [ONE, OTHER]) expect((await api.upload('x', 'a.log', as(token))).status).toBe(202);
  const problem = await expectProblem(await api.upload('x', 'a.log', as(OTHER)), 507);
  expect(problem.quota).toMatchObject({ scope: 'total', limit_files: 2, used_files: 2 });
});

test('an open api counts all clients as one, whatever token they send', async () => {
  const api = await openApi({ quotas: { total: NONE, perUploader: { bytes: null, files: 1 } } });
  expect((await api.upload('x', 'a.log', as('made-up-token-number-one'))).status).toBe(202);
  await expectProblem(await api.upload('x', 'a.log', as('made-up-token-number-two')), 507);
});

test('an announced size beyond the quota is refused before any byte of the body is read', async () => {
  const api = await openApi({ quotas: { total: { bytes: 1_000, files: null }, perUploader: NONE } });
  const socket = await api.raw(
    'POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n',
  );
  const [head = '', body = ''] = String((await socket.iterator({ destroyOnReturn: false }).next()).value).split(
    '\r\n\r\n',
  );
  socket.destroy();
  expect(head).toMatch(/^HTTP\/1\.1 507 /);
  expect((JSON.parse(body) as Problem).quota).toMatchObject({ limit_bytes: 1_000, used_bytes: 0 });
});
