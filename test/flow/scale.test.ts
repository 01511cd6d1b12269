import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Api, ask, uploadText } from '../harness/ask.ts';
import { type System, startSystem } from '../harness/start-system.ts';
import type { SystemProcess } from '../harness/system-process.ts';

// What is left when processes and data go away in the middle of the work.
let system: System;
let apis: readonly [Api, Api];

beforeAll(async () => {
  system = await startSystem({ apis: 2, workers: 0 });
  const [a, b] = system.apis;
  if (!a || !b) throw new Error('expected two apis');
  apis = [a, b];
});
afterAll(() => system?.stop());

beforeEach(async () => {
  while (alive().length < 2) await system.addWorker();
});

const alive = () => system.workers.filter((worker) => !worker.hasEnded);

const LINES = 60_000;
const ERRORS = LINES / 10;

/** Takes a worker some seconds to read. */
function bigFile(): string {
  const lines: string[] = [];
  for (let i = 0; i < LINES; i++) {
    const at = new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString();
    lines.push(`${at} ${i % 10 === 0 ? 'ERROR' : 'INFO'} app.Worker: request ${i} was served from shard ${i % 64}`);
  }
  return lines.join('\n');
}

/** Uploads the big file and waits until a worker is in the middle of it. */
async function uploadBig(name: string): Promise<{ id: string; reader: SystemProcess }> {
  const { file } = await uploadText(apis[0], name, bigFile());
  const said = new RegExp(`^Reading ${name}: [\\d,]+ lines so far$`);
  const reader = await Promise.race(alive().map((worker) => worker.waitForLog(said).then(() => worker)));
  return { id: file.id, reader };
}

async function untilIndexed(id: string): Promise<void> {
  await expect
    .poll(async () => (await ask(apis[0], 'GET', `/api/files/${id}`)).json.file, { timeout: 90_000, interval: 100 })
    .toMatchObject({ status: 'indexed', invalidation: { state: 'applied' } });
}

/** Exactly the file's lines, on both apis and through every endpoint; then the file goes. */
async function expectWhole(id: string): Promise<void> {
  for (const api of apis) {
    const { file } = (await ask(api, 'GET', `/api/files/${id}`)).json;
    expect(file).toMatchObject({ status: 'indexed', line_count: LINES, error_count: ERRORS, unparsed_count: 0 });
    const { stats } = (await ask(api, 'GET', '/api/stats')).json;
    expect(stats).toMatchObject({ total_logs: LINES, files: 1, by_level: { ERROR: ERRORS, INFO: LINES - ERRORS } });
    const found = await ask(api, 'POST', '/api/search', { q: `"request ${LINES - 1}"` });
    expect(found.json).toMatchObject({ total: 1, results: [{ file_id: id, line: LINES }] });
    expect((await ask(api, 'GET', '/api/files')).json.stats).toMatchObject({ total_files: 1, total_lines: LINES });
  }
  expect((await ask(apis[0], 'DELETE', `/api/files/${id}`)).status).toBe(200);
}

test.for(['SIGKILL', 'SIGTERM'] as const)(
  'a worker that gets %s in the middle of a file leaves exactly its lines: another one takes over',
  async (signal) => {
    const { id, reader } = await uploadBig(`${signal}.log`);
    expect((await ask(apis[0], 'GET', '/api/stats')).json.stats.total_logs).toBe(0);
    await reader.kill(signal);
    await untilIndexed(id);
    await expectWhole(id);
  },
);

test('with every worker killed in the middle of a file, the next one that starts finishes it', async () => {
  const { id } = await uploadBig('nobody-left.log');
  await Promise.all(alive().map((worker) => worker.kill('SIGKILL')));
  await system.addWorker();
  await untilIndexed(id);
  await expectWhole(id);
});

test('a worker frozen in the middle of a file is overtaken, and does no harm when it wakes', async () => {
  const { id, reader } = await uploadBig('frozen.log');
  await reader.kill('SIGSTOP');
  await untilIndexed(id);
  await reader.kill('SIGCONT');
  // The one that overtook it goes, so what comes next is its to do.
  await Promise.all(alive().map((worker) => (worker === reader ? null : worker.kill('SIGKILL'))));
  const { file } = await uploadText(apis[1], 'next.log', '2026-02-01T00:00:00.000Z INFO app: next', 'wait=60');
  expect(file).toMatchObject({ status: 'indexed', line_count: 1 });
  expect((await ask(apis[0], 'DELETE', `/api/files/${file.id}`)).status).toBe(200);
  await expectWhole(id);
});

test('a queue server that loses all its data in the middle of a file loses neither it nor the schedules', async () => {
  const queue = new Redis(system.redis.queue.url);
  const { id } = await uploadBig('flushed.log');
  await queue.flushall();
  await untilIndexed(id);
  await expectWhole(id);
  const ticks = () => queue.keys('bull:warming:repeat:warm-hot-keys:*').then((keys) => keys.length);
  await expect.poll(ticks, { timeout: 30_000, interval: 100 }).toBeGreaterThan(0);
  queue.disconnect();
});

test('an upload that was waited for, and a deletion, are seen by the next read on either api', async () => {
  for (let i = 0; i < 10; i++) {
    const [writer, other] = i % 2 === 0 ? apis : [apis[1], apis[0]];
    for (const api of apis) await ask(api, 'GET', '/api/stats');
    const text = `2026-01-01T00:00:00.000Z ERROR app.Scale: round${i}`;
    const { file } = await uploadText(writer, `round-${i}.log`, text, 'wait=30');
    expect(file.status).toBe('indexed');
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
