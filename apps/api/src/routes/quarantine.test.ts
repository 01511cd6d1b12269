import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { quarantineJob } from '../testing/quarantine-job.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const retry = (queue: string, id: string, headers: Record<string, string> = asAdmin) =>
  api.fetch(`/api/quarantine/${queue}/${encodeURIComponent(id)}/retry`, { method: 'POST', headers });

test('a quarantined job is listed with its reason, and a retry gives it all of its tries', async () => {
  const { queues, live } = api.api.deps;
  const id = await quarantineJob(api, 'warming', 'a bug');
  // As after a worker that died while it ran the job.
  await queues.connection.hset(queues.of('warming').toKey(id), 'stc', 3);
  await expect
    .poll(async () => (await live.latest()).queues?.data.quarantine)
    .toEqual([{ queue: 'warming', id, name: 'warm-keys', reason: 'a bug', failed_at: expect.any(String), tries: 1 }]);
  const answer = await retry('warming', id);
  expect(await answer.json()).toEqual({
    success: true,
    job: { queue: 'warming', id, name: 'warm-keys' },
    state: 'waiting',
  });
  const job = await queues.of('warming').getJob(id);
  expect(await job?.getState()).toBe('waiting');
  expect([job?.attemptsMade, job?.stalledCounter]).toEqual([0, 0]);
  const [record] = await audited();
  expect(record).toMatchObject({ action: 'retryJob', path: `/api/quarantine/warming/${id}/retry`, status: 200 });
});

async function audited(): Promise<object[]> {
  const read = async () => {
    const { records } = (await (await api.fetch('/api/audit', { headers: asAdmin })).json()) as {
      records: { action: string }[];
    };
    return records.filter(({ action }) => action === 'retryJob');
  };
  await expect.poll(read).not.toEqual([]);
  return await read();
}

test('a job that is not quarantined is not found, and an unknown queue is refused', async () => {
  const { queues } = api.api.deps;
  await queues.of('maintenance').add('sweep-outbox', {}, { jobId: 'waiting' });
  await expectProblem(await retry('maintenance', 'waiting'), 404);
  await expectProblem(await retry('maintenance', 'none'), 404);
  await expectProblem(await retry('other', 'none'), 400);
});

test('given no token, a retry is refused and the job stays quarantined', async () => {
  const id = await quarantineJob(api, 'ingest', 'a bug');
  await expectProblem(await retry('ingest', id, {}), 401);
  expect(await (await api.api.deps.queues.of('ingest').getJob(id))?.isFailed()).toBe(true);
});
