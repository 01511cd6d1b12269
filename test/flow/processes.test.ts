import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { readEvents } from '../harness/read-events.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadIndexed, uploadText } from '../harness/upload.ts';

// Two apis and two workers on real services.
const running = suiteSystem({ apis: 2, workers: 2 });

test('200 readers of one cold key over both apis cause one load', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => ask(running.apis[i % 2 === 0 ? 0 : 1], 'GET', '/api/stats?service=cold')),
  );
  const statuses = answers.map(({ headers }) => String(headers['cache-status']));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(1);
  expect(statuses.filter((status) => status.includes('fwd=miss') && !status.includes('collapsed'))).toHaveLength(1);
});

test('the next read on either api shows an acknowledged write, 200 times of 200', async () => {
  const seen: string[] = [];
  for (let i = 0; i < 100; i++) {
    await Promise.all(running.apis.map((api) => ask(api, 'GET', '/api/files')));
    const writer = running.apis[i % 2 === 0 ? 0 : 1];
    const { file, invalidation } = await uploadText(writer, `write-${i}.log`, `2026-01-01 00:00:00 INFO app: ${i}`);
    expect(invalidation.state).toBe('applied');
    for (const api of running.apis) {
      const { json } = await ask(api, 'GET', '/api/files');
      if (json.files.some(({ id }: { id: string }) => id === file.id)) seen.push(file.id);
    }
  }
  expect(seen).toHaveLength(200);
});

test('a deletion disappears from stats, search and files on both apis once acknowledged', async () => {
  for (let i = 0; i < 10; i++) {
    const text = `2026-01-02 00:00:00 ERROR app: deletion${i}`;
    const { file } = await uploadIndexed(running.apis[0], `delete-${i}.log`, text);
    const search = { q: `deletion${i}` };
    for (const api of running.apis) {
      expect((await ask(api, 'POST', '/api/search', search)).json.total).toBe(1);
      await ask(api, 'GET', '/api/stats');
    }
    const before = (await ask(running.apis[0], 'GET', '/api/stats?cache=false')).json.stats.total_logs;
    expect((await ask(running.apis[i % 2 === 0 ? 0 : 1], 'DELETE', `/api/files/${file.id}`)).status).toBe(200);
    for (const api of running.apis) {
      expect((await ask(api, 'POST', '/api/search', search)).json.total).toBe(0);
      expect((await ask(api, 'GET', '/api/stats')).json.stats.total_logs).toBe(before - 1);
    }
  }
});

test('a client that reconnects to the other api after each event reads every step of an upload once', async () => {
  const { file } = await uploadText(running.apis[0], 'events.log', '2026-01-03 00:00:00 INFO app: events');
  const ids: string[] = [];
  for (let turn = 0; ; turn++) {
    const api = running.apis[turn % 2 === 0 ? 0 : 1];
    const events = await readEvents(api, `/api/files/${file.id}/events`, { lastId: ids.at(-1) ?? null, limit: 1 });
    if (events === null) break;
    ids.push(...events.map(({ id }) => id));
  }
  expect(ids.filter((id) => !id.startsWith('progress'))).toEqual(['stored', 'indexed', 'invalidated', 'warmed']);
});

test('counts are summed over both apis', async () => {
  // Each api flushes its counts before it responds, so no earlier count arrives after the reset.
  for (const api of running.apis) await ask(api, 'GET', '/api/cache/stats');
  await ask(running.apis[0], 'POST', '/api/cache/stats/reset', undefined, {
    authorization: `Bearer ${running.system.adminToken}`,
  });
  for (const api of running.apis) for (let i = 0; i < 5; i++) await ask(api, 'GET', '/api/stats?service=summed');
  await expect
    .poll(async () => (await ask(running.apis[1], 'GET', '/api/cache/stats')).json.endpoints.stats)
    .toMatchObject({ hits: 9, misses: 1 });
});

test('an api and a worker that run have written their compiled modules, so their end does not wait for it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-compiled-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const caches = ['api', 'worker'].map((name) => join(directory, name));
  const [ofApi = '', ofWorker = ''] = caches;
  await running.system.addApi({ NODE_COMPILE_CACHE: ofApi });
  await running.system.addWorker({ NODE_COMPILE_CACHE: ofWorker });
  // Each process loads some hundreds of modules.
  for (const cache of caches) expect(readdirSync(cache, { recursive: true }).length).toBeGreaterThan(100);
});
