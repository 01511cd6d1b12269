import type { FilesAnswer, RetentionPlan } from '@pilotlight/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ retention: { days: 30, bytes: null } });
});
afterAll(() => api.stop());

const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
const plan = () => json<RetentionPlan>(api.fetch('/api/retention', { headers: asAdmin }));
const shown = async () => ({
  names: (await json<FilesAnswer>(api.fetch('/api/files'))).files.map(({ name }) => name).toSorted(),
  found: (await json<{ total: number }>(api.postJson('/api/search', {}))).total,
});
const line = (days: number) => `${new Date(Date.now() - days * 86_400_000).toISOString()} INFO app: a line\n`;

test('both methods need the admin token', async () => {
  await expectProblem(await api.fetch('/api/retention'), 401);
  await expectProblem(await api.postJson('/api/retention', {}), 401);
  await expectProblem(await api.fetch('/api/retention', { method: 'DELETE', headers: asAdmin }), 405);
});

test('a body with another field is refused and deletes nothing', async () => {
  await api.uploadIndexed(line(90), 'kept-by-400.log');
  const problem = await expectProblem(await api.postJson('/api/retention', { dryRun: true }, asAdmin), 400);
  expect(problem.errors).toEqual([expect.objectContaining({ field: 'dryRun' })]);
  expect((await shown()).names).toEqual(['kept-by-400.log']);
  expect(await (await api.postJson('/api/retention', {}, asAdmin)).json()).toMatchObject({ deleted: { files: 1 } });
});

test('a dry run names files and reasons and deletes nothing; a run deletes them before it answers', async () => {
  await api.uploadIndexed(line(1), 'new.log');
  const id = await api.uploadIndexed(line(31) + line(32), 'old.log');
  const before = { names: ['new.log', 'old.log'], found: 3 };
  expect(await shown()).toEqual(before);
  const due = { files: 1, lines: 2, bytes: expect.any(Number) };
  const expected = {
    success: true,
    dry_run: true,
    rules: { days: 30, bytes: null },
    stored: { files: 2, lines: 3 },
    due,
    files: [{ id, name: 'old.log', reason: 'age', lines: 2, newest_at: expect.stringMatching(/^\d{4}-.*Z$/) }],
  };
  expect(await plan()).toMatchObject(expected);
  expect(await (await api.postJson('/api/retention', { dry_run: true }, asAdmin)).json()).toMatchObject(expected);
  expect(await shown()).toEqual(before);
  const response = await api.postJson('/api/retention', {}, asAdmin);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    success: true,
    dry_run: false,
    outcome: 'done',
    deleted: due,
    invalidation: { state: 'applied' },
    stored: { files: 1, lines: 1 },
    due: { files: 0, lines: 0, bytes: 0 },
  });
  expect(await shown()).toEqual({ names: ['new.log'], found: 1 });
  expect((await plan()).files).toEqual([]);
});

test('control: rules applied without invalidations leave stale answers in the cache', async () => {
  await api.uploadIndexed(line(90), 'control.log');
  const before = await shown();
  expect(await api.api.deps.origin.retention.apply({ days: 30, bytes: null }, { maxFiles: 10 })).toMatchObject({
    files: 1,
  });
  expect(await shown()).toEqual(before);
});
