import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, ask } from '../harness/ask.ts';
import { textOf } from '../harness/big-file.ts';
import { type System, startSystem } from '../harness/start-system.ts';
import type { SystemProcess } from '../harness/system-process.ts';
import { uploadIndexed, uploadText } from '../harness/upload.ts';

// Both ingest slots of the only worker are reading big files.
const BIG_LINES = 400_000;
const BIG = ['big-0.log', 'big-1.log'];
const DELETIONS = 10;
const POLL = { timeout: 60_000, interval: 20 };

let system: System;
let api: Api;
let queue: Redis;
let bigIds: string[] = [];

beforeAll(async () => {
  system = await startSystem({ apis: 1, workers: 1 });
  const [first] = system.apis;
  if (!first) throw new Error('expected an api');
  api = first;
  queue = new Redis(system.redis.queue.url);
});
afterAll(async () => {
  queue?.disconnect();
  await system?.stop();
});

const reads = (worker: SystemProcess | undefined) =>
  Promise.all(
    BIG.map((name) => worker?.waitForLog(new RegExp(`^Reading ${name.replace('.', '\\.')}: [\\d,]+ lines so far$`))),
  );
const invalidationsDone = () => queue.zcard('bull:invalidation:completed');
const beingRead = () => queue.llen('bull:ingest:active');

/**
 * Deletes the files in turn. Returns for each, in ms, the time until every process had applied it (the response) and
 * the time until a worker had finished all jobs of its event.
 */
async function deleteEach(ids: readonly string[]): Promise<{ appliedMs: number[]; doneMs: number[] }> {
  const tookMs: { appliedMs: number[]; doneMs: number[] } = { appliedMs: [], doneMs: [] };
  for (const id of ids) {
    const before = await invalidationsDone();
    const beganAt = performance.now();
    const { json } = await ask(api, 'DELETE', `/api/files/${id}`);
    tookMs.appliedMs.push(performance.now() - beganAt);
    expect(json.invalidation.state).toBe('applied');
    await expect.poll(invalidationsDone, { timeout: 60_000, interval: 2 }).toBe(before + 1);
    tookMs.doneMs.push(performance.now() - beganAt);
  }
  return tookMs;
}

test('a deletion is applied while every ingest slot of the only worker is on a big file', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 2 * DELETIONS; n++) {
    const text = `2026-01-01T00:00:00.000Z INFO app.Small: line ${n}`;
    ids.push((await uploadIndexed(api, `small-${n}.log`, text)).file.id);
  }
  await expect.poll(invalidationsDone, POLL).toBe(4 * DELETIONS);
  const idle = await deleteEach(ids.slice(0, DELETIONS));
  const big = textOf(BIG_LINES);
  bigIds = (await Promise.all(BIG.map((name) => uploadText(api, name, big)))).map(({ file }) => file.id);
  await reads(system.workers[0]);
  await expect.poll(invalidationsDone, POLL).toBe(5 * DELETIONS + BIG.length);
  const busy = await deleteEach(ids.slice(DELETIONS));
  expect(await beingRead()).toBe(BIG.length);
  for (const id of bigIds) expect((await ask(api, 'GET', `/api/files/${id}`)).json.file.status).toBe('indexing');
  for (const [when, { appliedMs, doneMs }] of Object.entries({ idle, busy })) {
    show(`${when}: deletion to applied`, appliedMs);
    show(`${when}: deletion to done`, doneMs);
  }
});

test('given SIGTERM during big files, a worker exits gracefully and another reads them at once', async () => {
  const [first] = system.workers;
  const second = await system.addWorker();
  const beganAt = performance.now();
  await first?.kill('SIGTERM');
  const endedMs = performance.now() - beganAt;
  expect(await first?.ended).toBe('exit code 0');
  await reads(second);
  show('SIGTERM to ended; to both read on by another', [endedMs, performance.now() - beganAt]);
  // The jobs are returned, not lost: no process has to detect that the worker is gone.
  expect(second.lines.filter((line) => line.includes('its worker died'))).toEqual([]);
  for (const id of bigIds) await ask(api, 'DELETE', `/api/files/${id}`);
});

function show(what: string, ms: readonly number[]): void {
  if (!process.env['SHOW_FIGURES']) return;
  process.stdout.write(`${what}: ${ms.map((one) => Math.round(one)).join(', ')} ms\n`);
}
