import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { type Api, ask } from '../harness/ask.ts';
import { runCli, runToEnd } from '../harness/run-cli.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadText } from '../harness/upload.ts';

const server = await elasticsearchOfFile();
const ELASTICSEARCH_URL = 'missing' in server ? '' : server.url;
const TO_ELASTICSEARCH = ['reindex', '--to', 'elasticsearch'];

describe.skipIf('missing' in server)('the log store is switched as docs/operations.md says', () => {
  const running = suiteSystem({ apis: 1, workers: 1 });
  const env = () => ({ ...running.system.env, ELASTICSEARCH_URL });

  test('a killed copy is continued while files come and go, and the last one runs without workers', async () => {
    const { api, system } = running;
    const kept = await upload(api, 'kept.log', 60_000);
    const gone = await upload(api, 'gone.log', 30_000);
    const reads = readAll(api);

    const killed = runCli([...TO_ELASTICSEARCH, '--json'], env());
    await killed.line((line) => JSON.parse(line).copied.records > 0);
    killed.kill('SIGKILL');
    expect((await killed.ended).ending).toBe('SIGKILL');

    const copying = runCli([...TO_ELASTICSEARCH, '--json'], env());
    await copying.line((line) => JSON.parse(line).copied.records > 0);
    const late = await upload(api, 'late.log', 10);
    expect((await ask(api, 'DELETE', `/api/files/${gone}`)).status).toBe(200);
    expect((await copying.ended).ending).toBe(0);

    for (const worker of system.workers) await worker.stop();
    const waiting = await uploadText(api, 'waiting.log', textOf('waiting', 20));
    expect(await runToEnd(TO_ELASTICSEARCH, env())).toMatchObject({
      code: 0,
      result: { compared: { files: 2, records: 60_010 }, differences: [], unknown: [], isSettled: true },
    });
    const before = await answers(api);
    expect((await reads.stop()).filter((status) => status !== 200)).toEqual([]);
    await system.stopProcesses();

    const next = await system.addApi({ ELASTICSEARCH_URL });
    expect(await answers(next)).toEqual(before);
    await system.addWorker({ ELASTICSEARCH_URL });
    await expect
      .poll(async () => (await ask(next, 'GET', `/api/files/${waiting.file.id}`)).json.file.status)
      .toBe('indexed');
    await expect.poll(async () => (await ask(next, 'GET', '/api/stats')).json.stats.total_logs).toBe(60_030);
    for (const id of [kept, late, waiting.file.id]) {
      expect((await ask(next, 'POST', '/api/search', { file_id: id })).json.total).toBeGreaterThan(0);
    }
  });

  test('after a file was deleted there, the copy back removes its lines', async () => {
    const { system } = running;
    const api = system.apis.at(-1);
    if (api === undefined) throw new Error('expected an api');
    const { files } = (await ask(api, 'GET', '/api/files')).json;
    const big = files.find(({ name }: { name: string }) => name === 'kept.log').id;
    expect((await ask(api, 'DELETE', `/api/files/${big}`)).status).toBe(200);
    await expect.poll(() => count(`FROM files WHERE id = '${big}' AND purged_at IS NULL`)).toBe(0);
    expect(await count(`FROM log_lines WHERE file_id = '${big}'`)).toBe(60_000);
    for (const worker of system.workers) await worker.stop();
    expect(await runToEnd(['reindex', '--to', 'postgres'], env())).toMatchObject({
      code: 0,
      result: { copied: { files: 1, records: 20 }, compared: { files: 2, records: 30 }, removed: 1, unknown: [] },
    });
    expect(await count('FROM log_lines')).toBe(30);
    const before = await answers(api);
    await system.stopProcesses();
    expect(await answers(await system.addApi())).toEqual(before);
  });

  async function count(from: string): Promise<number> {
    const client = new Client({ connectionString: running.system.env['DATABASE_URL'] });
    await client.connect();
    const { rows } = await client.query(`SELECT count(*)::int AS rows ${from}`);
    await client.end();
    return rows[0].rows;
  }
});

function textOf(service: string, lines: number): string {
  const at = Date.UTC(2026, 2, 1);
  const levels = ['INFO', 'WARN', 'ERROR', 'DEBUG'];
  const line = (n: number) => {
    const time = new Date(at + n * 100).toISOString().replace('T', ' ').slice(0, 19);
    return `${time} ${levels[n % 4]} ${service}: request ${n} took ${n % 97} ms`;
  };
  return `${Array.from({ length: lines }, (_, n) => line(n)).join('\n')}\n`;
}

async function upload(api: Api, name: string, lines: number): Promise<string> {
  const { file } = await uploadText(api, name, textOf(name.slice(0, 4), lines));
  await expect.poll(async () => (await ask(api, 'GET', `/api/files/${file.id}`)).json.file.status).toBe('indexed');
  return file.id;
}

/** Asks without the cache; response times and the duration may differ. */
async function answers(api: Api): Promise<unknown> {
  const stats = (await ask(api, 'GET', '/api/stats?cache=false')).json.stats;
  const search = (await ask(api, 'POST', '/api/search?cache=false', { q: 'request 1', page_size: 200 })).json;
  return { stats: { ...stats, response_time_ms: null }, search: { ...search, took_ms: 0 } };
}

/** Reads from the origin until it is stopped. Returns every status. */
function readAll(api: Api): { stop(): Promise<number[]> } {
  const statuses: number[] = [];
  let on = true;
  const reading = (async () => {
    while (on)
      statuses.push((await ask(api, 'POST', '/api/search?cache=false', { q: 'request', page_size: 1 })).status);
  })();
  return {
    stop: async () => {
      on = false;
      await reading;
      expect(statuses.length).toBeGreaterThan(0);
      return statuses;
    },
  };
}
