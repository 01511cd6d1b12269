import type { FilesAnswer, Invalidation, LogFile, LogFileDetail } from '@pilotlight/contracts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { invalidateByEvent } from '../invalidate-by-event.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

interface UploadAnswer {
  success: boolean;
  file: LogFile;
  invalidation: Invalidation;
}

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
const files = async () => (await json<FilesAnswer>(api.fetch('/api/files'))).files;
const totals = async () => [
  (await json<{ stats: { total_logs: number } }>(api.fetch('/api/stats'))).stats.total_logs,
  (await json<{ total: number }>(api.postJson('/api/search', {}))).total,
];
const idNamed = (name: string) =>
  vi.waitUntil(async () => (await files()).find((file) => file.name === name)?.id, { timeout: 30_000 });
const failFile = async (id: string, reason: string) => {
  const event = await api.api.deps.origin.files.fail(id, reason);
  if (event) await invalidateByEvent(api.api.deps, event);
};

test('an upload is answered with 202, its file and the state of its invalidation', async () => {
  const response = await api.upload('one\ntwo\n', 'answered.log');
  expect(response.status).toBe(202);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { success, file, invalidation } = (await response.json()) as UploadAnswer;
  expect(success).toBe(true);
  expect(file).toMatchObject({ name: 'answered.log', size_bytes: 8, status: 'received' });
  expect(response.headers.get('location')).toBe(`/api/files/${file.id}`);
  expect(invalidation).toEqual({ state: 'applied', position: expect.any(Number) });
  const detail = await json<{ file: LogFileDetail }>(api.fetch(`/api/files/${file.id}`));
  const applied_at = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(detail.file).toEqual({ ...file, invalidation: { ...invalidation, applied_at } });
});

test('the list shows an upload as soon as it is answered, in 20 of 20 tries', async () => {
  for (let i = 0; i < 20; i++) {
    await files();
    const { file } = await json<UploadAnswer>(api.upload('x\n', `${i}.log`));
    expect((await files())[0]?.id).toBe(file.id);
  }
});

test('lines are counted and found once indexed, and gone once the delete is answered', async () => {
  const before = await totals();
  const id = await api.uploadIndexed('a\nb\nc\n');
  expect(await totals()).toEqual(before.map((n) => n + 3));
  const response = await api.fetch(`/api/files/${id}`, { method: 'DELETE' });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    success: true,
    invalidation: {
      state: 'applied',
      position: expect.any(Number),
      receipt_ms: expect.any(Number),
      processes: [{ process: expect.any(String), how: 'applied', after_ms: expect.any(Number) }],
    },
  });
  expect(await totals()).toEqual(before);
  expect((await files()).map((file) => file.id)).not.toContain(id);
  await expectProblem(await api.fetch(`/api/files/${id}`), 404);
  await expectProblem(await api.fetch(`/api/files/${id}`, { method: 'DELETE' }), 404);
});

describe('Prefer: wait', () => {
  test('is answered with 201 once the file is indexed and applied by every process', async () => {
    const before = await totals();
    const uploading = api.upload('a\nb\n', 'waited-for.log', { prefer: 'wait=30' });
    const id = await idNamed('waited-for.log');
    await api.ingest(id);
    const response = await uploading;
    expect(response.status).toBe(201);
    expect(response.headers.get('preference-applied')).toBe('wait=30');
    const { file, invalidation } = (await response.json()) as UploadAnswer;
    expect(file).toMatchObject({ id, status: 'indexed', line_count: 2 });
    expect(file).not.toHaveProperty('invalidation');
    expect(invalidation.state).toBe('applied');
    expect(await totals()).toEqual(before.map((n) => n + 2));
  });

  test('is answered with 202 when the wait runs out', async () => {
    const response = await api.upload('a\n', 'never.log', { prefer: 'wait=1' });
    expect(response.status).toBe(202);
    expect(response.headers.get('preference-applied')).toBe('wait=1');
    expect((await response.json()) as UploadAnswer).toMatchObject({ file: { status: 'received' } });
  });

  test('is answered with 422 and the reason if the file cannot be indexed', async () => {
    const uploading = api.upload('a\n', 'failing.log', { prefer: 'wait=30' });
    const id = await idNamed('failing.log');
    await failFile(id, 'its gzip data is damaged');
    const problem = await expectProblem(await uploading, 422);
    expect(problem).toMatchObject({ code: 'INGEST_FAILED', detail: expect.stringMatching(/gzip data is damaged/) });
    const { file } = await json<{ file: LogFile }>(api.fetch(`/api/files/${id}`));
    expect(file).toMatchObject({ status: 'failed', error: 'its gzip data is damaged' });
  });

  test('is answered with 202 when the file is deleted meanwhile', async () => {
    const uploading = api.upload('a\n', 'short-lived.log', { prefer: 'wait=30' });
    await api.fetch(`/api/files/${await idNamed('short-lived.log')}`, { method: 'DELETE' });
    expect((await uploading).status).toBe(202);
  });
});

test('a page of the list leads to the next', async () => {
  const all = (await files()).map((file) => file.id);
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: FilesAnswer = await json(api.fetch(`/api/files?limit=7${cursor && `&cursor=${cursor}`}`));
    paged.push(...page.files.map((file) => file.id));
    cursor = page.next;
  }
  expect(paged).toEqual(all);
});
