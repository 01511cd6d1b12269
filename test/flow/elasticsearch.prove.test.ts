import { FaultProxy } from '@pilotlight/stack/testing';
import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadIndexed } from '../harness/upload.ts';

const server = await elasticsearchOfFile();
const proxy = 'missing' in server ? null : await FaultProxy.to(server.url);

describe.skipIf(proxy === null)('with the lines in Elasticsearch', () => {
  const running = suiteSystem({ apis: 2, workers: 1, env: { ELASTICSEARCH_URL: proxy?.url ?? '' } });
  const cut = async (isCut: boolean) => {
    if (isCut) await proxy?.refuse();
    else await proxy?.accept();
  };

  test('/readyz lists it, and an upload is found once acknowledged, with no line in Postgres', async () => {
    const ready = await ask(running.api, 'GET', '/readyz');
    expect(ready.json.dependencies.elasticsearch).toMatchObject({ ok: true });
    await uploadIndexed(running.apis[0], 'one.log', '2026-01-01 00:00:00 ERROR app: sesame');
    for (const api of running.apis) {
      expect((await ask(api, 'POST', '/api/search', { q: 'sesame' })).json).toMatchObject({ total: 1 });
      expect((await ask(api, 'GET', '/api/stats')).json.stats.by_level.ERROR).toBe(1);
    }
    expect(await linesInPostgres()).toBe(0);
  });

  test('a deletion disappears from stats and search on both apis once acknowledged', async () => {
    const { file } = await uploadIndexed(running.apis[0], 'two.log', '2026-01-02 00:00:00 WARN app: poppy');
    for (const api of running.apis) {
      expect((await ask(api, 'POST', '/api/search', { q: 'poppy' })).json.total).toBe(1);
      expect((await ask(api, 'GET', '/api/stats?service=app')).json.stats.by_level.WARN).toBe(1);
    }
    expect((await ask(running.apis[1], 'DELETE', `/api/files/${file.id}`)).status).toBe(200);
    for (const api of running.apis) {
      expect((await ask(api, 'POST', '/api/search', { q: 'poppy' })).json.total).toBe(0);
      expect((await ask(api, 'GET', '/api/stats?service=app')).json.stats.by_level.WARN).toBe(0);
    }
  });

  test('while it is unreachable, uncached reads get 503 with Retry-After, and hits and files are served', async () => {
    await ask(running.api, 'GET', '/api/stats?service=kept');
    await cut(true);
    const missed = await ask(running.api, 'POST', '/api/search', { q: 'never asked before' });
    expect(missed.status).toBe(503);
    expect(Number(missed.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(running.api, 'GET', '/api/stats?service=kept')).status).toBe(200);
    expect((await ask(running.api, 'GET', '/api/files')).status).toBe(200);
    await expect.poll(async () => (await ask(running.api, 'GET', '/readyz')).status).toBe(503);
    await cut(false);
    await expect
      .poll(async () => (await ask(running.api, 'POST', '/api/search', { q: 'never asked before' })).status)
      .toBe(200);
    await expect.poll(async () => (await ask(running.api, 'GET', '/readyz')).status).toBe(200);
  });

  async function linesInPostgres(): Promise<number> {
    const client = new Client({ connectionString: running.system.env['DATABASE_URL'] });
    await client.connect();
    const { rows } = await client.query('SELECT count(*)::int AS lines FROM log_lines');
    await client.end();
    return rows[0].lines;
  }
});
