import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type Api, ask } from '../harness/ask.ts';
import { backUp, restore } from '../harness/postgres-backup.ts';
import { type System, startSystem } from '../harness/start-system.ts';
import { uploadIndexed } from '../harness/upload.ts';

test('an older backup of Postgres is served without a stale answer once the log is emptied', async () => {
  const { system, api, databaseUrl } = await start();
  await uploadIndexed(api, 'first.log', '2026-03-01 10:00:00 ERROR shop: first\n');
  await expect.poll(() => count(databaseUrl, 'FROM outbox WHERE cardinality(pending_jobs) > 0')).toBe(0);
  const directory = directoryOfTest();
  expect(await backUp(databaseUrl, directory)).toEqual(expect.arrayContaining(['files', 'log_lines', 'outbox']));
  await uploadIndexed(api, 'second.log', '2026-03-01 10:00:00 ERROR shop: second\n');
  expect(await namesOf(api)).toEqual(['second.log', 'first.log']);
  await system.stopProcesses();
  await restore(databaseUrl, directory);

  // The control: with the log as it is, the cache serves the state that the backup does not have.
  const early = await system.addApi();
  expect(await namesOf(early)).toEqual(['second.log', 'first.log']);
  await system.stopProcesses();

  await flush(system);
  const [one, two] = [await system.addApi(), await system.addApi()];
  for (const restarted of [one, two]) {
    expect(await namesOf(restarted)).toEqual(['first.log']);
    expect((await ask(restarted, 'GET', '/api/stats')).json.stats.total_logs).toBe(1);
    expect((await ask(restarted, 'POST', '/api/search', { q: 'second' })).json.total).toBe(0);
  }
  await system.addWorker();
  await uploadIndexed(one, 'third.log', '2026-03-01 10:00:00 WARN shop: third\n');
  for (const restarted of [one, two]) {
    expect(await namesOf(restarted)).toEqual(['third.log', 'first.log']);
    expect((await ask(restarted, 'POST', '/api/search', { q: 'first OR third' })).json.total).toBe(2);
  }
});

test('after an older log is restored, no answer from before a deletion is served', async () => {
  const { system, api } = await start();
  const { queue } = system.redis;
  const { file } = await uploadIndexed(api, 'gone.log', '2026-03-01 10:00:00 ERROR shop: gone\n');
  for (const worker of system.workers) await worker.stop();
  await expect.poll(async () => (await ask(api, 'GET', '/api/files')).headers['cache-status']).toContain('; hit');
  expect(await namesOf(api)).toEqual(['gone.log']);
  const data = await ofRedis(queue.url, async (redis) => {
    const [, dir = ''] = (await redis.config('GET', 'dir')) as string[];
    await redis.config('SET', 'appendfsync', 'always');
    return dir;
  });
  const directory = directoryOfTest();
  cpSync(data, directory, { recursive: true });
  // No process reads the list after the deletion, so the cache server still has the entry from before it.
  expect((await ask(api, 'DELETE', `/api/files/${file.id}`)).status).toBe(200);
  await system.stopProcesses();
  queue.kill('SIGKILL');
  rmSync(join(data, 'appendonlydir'), { recursive: true });
  cpSync(join(directory, 'appendonlydir'), join(data, 'appendonlydir'), { recursive: true });
  await queue.restart();
  expect(await ofRedis(system.redis.cache.url, (redis) => redis.keys('files:*'))).not.toEqual([]);
  const restarted = await system.addApi();
  expect(await namesOf(restarted)).toEqual([]);
  expect((await ask(restarted, 'POST', '/api/search', { q: 'gone' })).json.total).toBe(0);
});

async function start(): Promise<{ system: System; api: Api; databaseUrl: string }> {
  const system = await startSystem({ apis: 1, workers: 1 });
  onTestFinished(() => system.stop());
  const [api] = system.apis;
  const databaseUrl = system.env['DATABASE_URL'];
  if (api === undefined || databaseUrl === undefined) throw new Error('expected an api and a database');
  return { system, api, databaseUrl };
}

function directoryOfTest(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-backup-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function namesOf(api: Api): Promise<string[]> {
  return (await ask(api, 'GET', '/api/files')).json.files.map(({ name }: { name: string }) => name);
}

async function flush({ redis }: System): Promise<void> {
  await ofRedis(redis.queue.url, (client) => client.flushall());
}

async function ofRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function count(databaseUrl: string, from: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(`SELECT count(*)::int AS rows ${from}`);
  await client.end();
  return rows[0].rows;
}
