import { Redis } from 'ioredis';
import { beforeEach, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { type BigFile, stopInBigFile } from '../harness/big-file.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { untilIndexed, uploadIndexed } from '../harness/upload.ts';

// Processes and data disappear in the middle of the work.
const running = suiteSystem({ apis: 2, workers: 0 });

beforeEach(async () => {
  while (alive().length < 2) await running.system.addWorker();
});

const alive = () => running.system.workers.filter((worker) => !worker.hasEnded);

/** Expects exactly the file's lines on both apis and every endpoint, then deletes the file. */
async function expectWhole({ id, lines }: BigFile): Promise<void> {
  const errors = lines / 10;
  for (const api of running.apis) {
    const { file } = (await ask(api, 'GET', `/api/files/${id}`)).json;
    expect(file).toMatchObject({ status: 'indexed', line_count: lines, error_count: errors, unparsed_count: 0 });
    const { stats } = (await ask(api, 'GET', '/api/stats')).json;
    expect(stats).toMatchObject({ total_logs: lines, files: 1, by_level: { ERROR: errors, INFO: lines - errors } });
    const found = await ask(api, 'POST', '/api/search', { q: `"request ${lines - 1}"` });
    expect(found.json).toMatchObject({ total: 1, results: [{ file_id: id, line: lines }] });
    expect((await ask(api, 'GET', '/api/files')).json.stats).toMatchObject({ total_files: 1, total_lines: lines });
  }
  expect((await ask(running.apis[0], 'DELETE', `/api/files/${id}`)).status).toBe(200);
}

test.for(['SIGKILL', 'SIGTERM'] as const)(
  'a worker that gets %s during a file leaves exactly its lines: another one takes over',
  async (signal) => {
    const file = await stopInBigFile(running.system, signal);
    expect((await ask(running.apis[0], 'GET', '/api/stats')).json.stats.total_logs).toBe(0);
    await file.reader.kill('SIGCONT');
    await file.reader.kill(signal);
    await untilIndexed(running.apis[0], file.id);
    await expectWhole(file);
  },
);

test('with every worker killed during a file, the next one to start completes it', async () => {
  const file = await stopInBigFile(running.system, 'no-worker-left');
  await Promise.all(alive().map((worker) => worker.kill('SIGKILL')));
  await running.system.addWorker();
  await untilIndexed(running.apis[0], file.id);
  await expectWhole(file);
});

test('a worker frozen during a file is superseded and does no harm when it wakes', async () => {
  const file = await stopInBigFile(running.system, 'frozen');
  await untilIndexed(running.apis[0], file.id);
  await file.reader.kill('SIGCONT');
  // Stops the worker that superseded it, so that the next job falls to the frozen one.
  await Promise.all(alive().map((worker) => (worker === file.reader ? null : worker.kill('SIGKILL'))));
  const next = await uploadIndexed(running.apis[1], 'next.log', '2026-02-01T00:00:00.000Z INFO app: next');
  expect(next.file).toMatchObject({ status: 'indexed', line_count: 1 });
  expect((await ask(running.apis[0], 'DELETE', `/api/files/${next.file.id}`)).status).toBe(200);
  await expectWhole(file);
});

test('a queue server that loses all data during a file loses neither the file nor the schedules', async () => {
  const queue = new Redis(running.system.redis.queue.url);
  const file = await stopInBigFile(running.system, 'flushed');
  await queue.flushall();
  await file.reader.kill('SIGCONT');
  await untilIndexed(running.apis[0], file.id);
  await expectWhole(file);
  const ticks = () => queue.keys('bull:warming:repeat:warm-hot-keys:*').then((keys) => keys.length);
  await expect.poll(ticks, { timeout: 30_000, interval: 100 }).toBeGreaterThan(0);
  queue.disconnect();
});

test('the next read on either api shows an acknowledged upload and deletion', async () => {
  for (let i = 0; i < 10; i++) {
    const [writer, other] = i % 2 === 0 ? running.apis : [running.apis[1], running.apis[0]];
    for (const api of running.apis) await ask(api, 'GET', '/api/stats');
    const text = `2026-01-01T00:00:00.000Z ERROR app.Scale: round${i}`;
    const { file } = await uploadIndexed(writer, `round-${i}.log`, text);
    for (const api of [other, writer]) {
      expect((await ask(api, 'GET', '/api/stats')).json.stats.total_logs).toBe(1);
      expect((await ask(api, 'POST', '/api/search', { q: `round${i}` })).json.total).toBe(1);
      expect((await ask(api, 'GET', '/api/files')).json.files).toMatchObject([{ id: file.id, status: 'indexed' }]);
    }
    expect((await ask(writer, 'DELETE', `/api/files/${file.id}`)).status).toBe(200);
    for (const api of [other, writer]) {
      expect((await ask(api, 'GET', '/api/stats')).json.stats.total_logs).toBe(0);
      expect((await ask(api, 'POST', '/api/search', { q: `round${i}` })).json.total).toBe(0);
      expect((await ask(api, 'GET', '/api/files')).json.files).toEqual([]);
    }
  }
});
