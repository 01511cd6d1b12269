import { describe, expect, test } from 'vitest';
import { curl, hasCurl, NEEDS_CURL } from '../harness/curl.ts';
import { suiteSystem } from '../harness/suite-system.ts';

// The commands as typed with curl.
describe.skipIf(!hasCurl)(`the walk-through of the README${NEEDS_CURL}`, () => {
  const running = suiteSystem({ apis: 1, workers: 1 });

  const LINES = [
    '2026-03-01 10:00:00,000 INFO shop.Cart: added lamp',
    '2026-03-01 10:00:01,000 ERROR shop.Pay: card declined',
    '2026-03-01 10:00:02,000 WARN shop.Cart: slow stock check',
  ].join('\n');

  const upload = (name: string, text: string, ...args: string[]) =>
    curl(`${running.api.url}/api/upload`, '-F', `file=@-;filename=${name}`, '-H', 'Prefer: wait=30', ...args, {
      input: text,
    });

  const cacheStatus = (answer: { headers: Record<string, string> }) => answer.headers['cache-status'] ?? '';

  test('the first stats are a miss and the second a hit, and the log names the key', async () => {
    const first = await curl(`${running.api.url}/api/stats?service=shop.Pay`);
    const second = await curl(`${running.api.url}/api/stats?service=shop.Pay`);
    expect(cacheStatus(first)).toMatch(/^pilotlight; fwd=miss; stored/);
    expect(cacheStatus(second)).toMatch(/^pilotlight; hit; ttl=\d+; detail=memory$/);
    expect(second.body).toEqual(first.body);
    const { key } = (await running.api.waitForLog(/Cache MISS: (?<key>stats:get_stats:[0-9a-f]{32})/)).groups ?? {};
    await running.api.waitForLog(new RegExp(`Cache HIT: ${key}`));
  });

  test('the same search with reordered members is a hit, another search a miss', async () => {
    const first = await curl('-X', 'POST', `${running.api.url}/api/search`, '-d', '{"q": "error", "level": "ERROR"}');
    const same = await curl(
      '-X',
      'POST',
      `${running.api.url}/api/search`,
      '-d',
      '{"level": "ERROR", "q": "error", "page": 1}',
    );
    const other = await curl('-X', 'POST', `${running.api.url}/api/search`, '-d', '{"q": "warning"}');
    expect([first, same, other].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(cacheStatus(first)).toContain('fwd=miss');
    expect(cacheStatus(same)).toContain('hit');
    expect(cacheStatus(other)).toContain('fwd=miss');
  });

  test('files are a hit until an upload is acknowledged, and then show it', async () => {
    await curl(`${running.api.url}/api/files`);
    expect(cacheStatus(await curl(`${running.api.url}/api/files`))).toContain('hit');

    const uploaded = await upload('shop.log', LINES);
    expect(uploaded.status).toBe(201);
    expect(uploaded.json).toMatchObject({
      success: true,
      file: { name: 'shop.log', status: 'indexed', line_count: 3, error_count: 1 },
      invalidation: { state: 'applied' },
    });
    await running.system.workers[0]?.waitForLog(/Invalidated 1 cache keys with pattern: files:\*/);

    const files = await curl(`${running.api.url}/api/files`);
    expect(files.json.files[0]).toMatchObject({ id: uploaded.json.file.id, name: 'shop.log', status: 'indexed' });
  });

  test('a deleted file disappears from every endpoint at once, and a second delete gets 404', async () => {
    const { file } = (await upload('gone.log', LINES)).json;
    const search = { q: 'declined', file_id: file.id };
    const found = await curl('-X', 'POST', `${running.api.url}/api/search`, '-d', JSON.stringify(search));
    expect(found.json.total).toBe(1);
    const before = (await curl(`${running.api.url}/api/stats`)).json.stats;

    const deleted = await curl('-X', 'DELETE', `${running.api.url}/api/files/${file.id}`);
    expect(deleted.status).toBe(200);
    expect(deleted.json).toMatchObject({ success: true, invalidation: { state: 'applied' } });

    expect((await curl('-X', 'POST', `${running.api.url}/api/search`, '-d', JSON.stringify(search))).json.total).toBe(
      0,
    );
    expect((await curl(`${running.api.url}/api/stats`)).json.stats.total_logs).toBe(before.total_logs - 3);
    expect((await curl(`${running.api.url}/api/files`)).json.files.map(({ id }: { id: string }) => id)).not.toContain(
      file.id,
    );
    expect((await curl(`${running.api.url}/api/files/${file.id}`)).status).toBe(404);
    expect((await curl('-X', 'DELETE', `${running.api.url}/api/files/${file.id}`)).status).toBe(404);
  });

  test('a manual invalidation needs the admin token, makes the next read a miss, and returns the number of removed keys', async () => {
    await curl(`${running.api.url}/api/stats?service=manual`);
    const body = ['-X', 'POST', '-H', 'content-type: application/json', '-d', '{"prefix": "stats"}'];
    expect((await curl(`${running.api.url}/api/cache/invalidate`, ...body)).status).toBe(401);

    const done = await curl(
      `${running.api.url}/api/cache/invalidate`,
      ...body,
      '-H',
      `Authorization: Bearer ${running.system.adminToken}`,
    );
    expect(done.status).toBe(200);
    expect(done.json).toMatchObject({
      success: true,
      invalidated: expect.any(Number),
      position: expect.any(Number),
      receipt_ms: expect.any(Number),
    });
    expect(done.json.invalidated).toBeGreaterThanOrEqual(1);
    await running.api.waitForLog(/Invalidated [1-9]\d* cache keys with pattern: stats:\*/);
    expect(cacheStatus(await curl(`${running.api.url}/api/stats?service=manual`))).toContain('fwd=miss');
  });

  test('?cache=false asks the origin and stores nothing', async () => {
    const bypass = await curl(`${running.api.url}/api/stats?service=bypass&cache=false`);
    expect(cacheStatus(bypass)).toBe('pilotlight; fwd=bypass');
    expect(cacheStatus(await curl(`${running.api.url}/api/stats?service=bypass`))).toContain('fwd=miss');
  });

  test('cache/stats counts hits and misses in exactly the promised shape', async () => {
    const asAdmin = ['-H', `Authorization: Bearer ${running.system.adminToken}`];
    await curl('-X', 'POST', `${running.api.url}/api/cache/stats/reset`, ...asAdmin);
    const before = (await curl(`${running.api.url}/api/cache/stats`)).json.cache_stats;
    for (let i = 0; i < 4; i++) await curl(`${running.api.url}/api/stats?service=counted`);
    const { success, cache_stats, redis_info, endpoints, ...rest } = (await curl(`${running.api.url}/api/cache/stats`))
      .json;
    expect({ success, rest }).toEqual({ success: true, rest: {} });
    expect(cache_stats).toEqual({
      hits: before.hits + 3,
      misses: before.misses + 1,
      total_requests: before.total_requests + 4,
      hit_rate_percent: expect.any(Number),
    });
    expect(Object.keys(redis_info).sort()).toEqual(
      [
        'keyspace_hits',
        'keyspace_misses',
        'redis_hit_rate_percent',
        'total_commands_processed',
        'total_connections_received',
        'used_memory_human',
      ].sort(),
    );
    expect(endpoints.stats.misses).toBeGreaterThanOrEqual(1);
  });

  test('a browser gets 304 for its copy until an invalidation', async () => {
    const first = await curl(`${running.api.url}/api/stats?service=etag`);
    const { etag = '' } = first.headers;
    expect((await curl(`${running.api.url}/api/stats?service=etag`, '-H', `If-None-Match: ${etag}`)).status).toBe(304);
  });

  test('no line of the log reports that nothing was done', () => {
    const lines = [running.api, ...running.system.workers].flatMap((process) => process.lines);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => /^(?:Warmed|Audited) 0 of 0\b|^Invalidated 0 /.test(line))).toEqual([]);
  });
});
