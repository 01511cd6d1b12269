import { parseList } from 'structured-headers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const LINE = '2024-05-01T10:00:00Z ERROR disk full\n';
const groupsIn = (response: Response, name: string) =>
  parseList(response.headers.get(name) ?? '').map(([group]) => String(group));
/** Returns the parameters of `Cache-Status`, parsed as a client does. */
const statusOf = (response: Response) => {
  const [[, parameters] = []] = parseList(response.headers.get('cache-status') ?? '');
  return Object.fromEntries(
    [...(parameters ?? [])].map(([name, value]) => [name, typeof value === 'object' ? String(value) : value]),
  );
};

describe('Cache-Status (RFC 9211)', () => {
  test('names the key to an administrator only, on a miss and on a hit', async () => {
    const path = '/api/stats?service=key';
    for (const headers of [{}, asAdmin, {}, { authorization: 'Bearer a-token-that-is-not-known' }]) {
      const { key } = statusOf(await api.fetch(path, { headers }));
      expect(key).toEqual(headers === asAdmin ? expect.stringMatching(/^stats:get_stats:[0-9a-f]{32}$/) : undefined);
    }
  });

  test('given a 304, the status of the load is in fwd-status after a miss, and absent after a hit', async () => {
    const path = '/api/stats?service=not-modified';
    const etag = (await api.fetch(path)).headers.get('etag') ?? '';
    const again = () => api.fetch(path, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } });
    const hit = await again();
    expect([hit.status, statusOf(hit)]).toEqual([304, { hit: true, ttl: expect.any(Number), detail: 'memory' }]);
    await api.postJson('/api/cache/invalidate', { prefix: 'stats' }, asAdmin);
    const miss = await again();
    expect([miss.status, statusOf(miss)]).toEqual([304, { fwd: 'miss', 'fwd-status': 200, stored: true }]);
  });
});

describe('Cache-Groups and Cache-Group-Invalidation (RFC 9875)', () => {
  test('a read names the prefixes of its key', async () => {
    expect(groupsIn(await api.fetch('/api/stats'), 'cache-groups')).toEqual(['stats', 'stats:get_stats']);
    expect(groupsIn(await api.fetch('/api/files'), 'cache-groups')).toContain('files');
    expect(groupsIn(await api.postJson('/api/search', {}), 'cache-groups')).toContain('search');
  });

  test('an upload, a deletion and an invalidation name the groups of the reads that they change', async () => {
    const upload = await api.upload(LINE);
    expect(groupsIn(upload, 'cache-group-invalidation')).toEqual(['files']);
    const { file } = (await upload.json()) as { file: { id: string } };
    await api.ingest(file.id);
    const deletion = await api.fetch(`/api/files/${file.id}`, { method: 'DELETE' });
    expect(groupsIn(deletion, 'cache-group-invalidation').sort()).toEqual(['files', 'search', 'stats']);
    const all = await api.postJson('/api/cache/invalidate', { prefix: '*' }, asAdmin);
    expect(groupsIn(all, 'cache-group-invalidation').sort()).toEqual(['files', 'search', 'stats']);
  });

  test('a safe request and a failed write invalidate no group', async () => {
    for (const response of [
      await api.fetch('/api/files'),
      await api.fetch('/api/files/nothing', { method: 'DELETE' }),
      await api.postJson('/api/cache/invalidate', { prefix: 'stats', dry_run: true }, asAdmin),
    ])
      expect(response.headers.has('cache-group-invalidation')).toBe(false);
  });
});

test('Server-Timing has the hops of a miss, and a hit from memory has none', async () => {
  const path = '/api/stats?service=timing';
  const miss = (await api.fetch(path)).headers.get('server-timing') ?? '';
  const hops = parseList(miss).map(([name, parameters]) => [
    String(name),
    typeof (parameters as Map<string, unknown>).get('dur'),
  ]);
  expect(hops).toEqual(['lookup', 'lock', 'queue', 'load'].map((name) => [name, 'number']));
  expect((await api.fetch(path)).headers.has('server-timing')).toBe(false);
});

describe('Cache-Position', () => {
  test('a write answers with its position, and a read of it is served from the cache', async () => {
    const upload = await api.upload(LINE);
    const position = upload.headers.get('cache-position') ?? '';
    const { invalidation } = (await upload.json()) as { invalidation: { position: number } };
    expect(parseList(position)).toEqual([
      [invalidation.position, new Map([['epoch', expect.stringMatching(/^\d+$/)]])],
    ]);
    const own = () => api.fetch('/api/files', { headers: { 'cache-position': position } });
    expect(statusOf(await own())).toMatchObject({ fwd: 'miss' });
    expect(statusOf(await own())).toMatchObject({ hit: true });
  });

  test.each(['pending', '999999999;epoch="1"'])('given %s, a cached answer is loaded again', async (position) => {
    await api.fetch('/api/files');
    const response = await api.fetch('/api/files', { headers: { 'cache-position': position } });
    expect([response.status, statusOf(response)]).toEqual([200, { fwd: 'request', stored: true }]);
  });

  test('a position without its epoch, as in the body of the answer, is enough on a process with a lease', async () => {
    const { invalidation } = (await (await api.upload(LINE)).json()) as { invalidation: { position: number } };
    await api.fetch('/api/files');
    const response = await api.fetch('/api/files', { headers: { 'cache-position': String(invalidation.position) } });
    expect(statusOf(response)).toMatchObject({ hit: true });
  });

  test('given a position of the future, a cached answer is loaded again', async () => {
    const { epoch } = api.api.deps.cache.internal.engine.follower;
    await api.fetch('/api/files');
    const response = await api.fetch('/api/files', { headers: { 'cache-position': `999999999;epoch="${epoch}"` } });
    expect(statusOf(response)).toMatchObject({ fwd: 'request' });
  });

  test.each(['≥42', 'soon', '42;epoch=1'])('the position %j is refused by name', async (position) => {
    const headers = { 'cache-position': Buffer.from(position).toString('latin1') };
    const problem = await expectProblem(await api.fetch('/api/files', { headers }), 400);
    expect(problem).toMatchObject({ code: 'INVALID_INPUT', errors: [{ field: 'Cache-Position' }] });
  });
});

describe('Prefer: wait (RFC 7240)', () => {
  test('given a file that is being indexed, GET waits until it is', async () => {
    const { file } = (await (await api.upload(LINE)).json()) as { file: { id: string } };
    const waiting = api.fetch(`/api/files/${file.id}`, { headers: { prefer: 'wait=30' } });
    await api.ingest(file.id);
    const response = await waiting;
    expect(response.headers.get('preference-applied')).toBe('wait=30');
    expect(await response.json()).toMatchObject({ file: { status: 'indexed' } });
  });

  test('given a wait that runs out, GET answers with the file as it is', async () => {
    const { file } = (await (await api.upload(LINE)).json()) as { file: { id: string } };
    const response = await api.fetch(`/api/files/${file.id}`, { headers: { prefer: 'foo, WAIT = "1"' } });
    expect(response.headers.get('preference-applied')).toBe('wait=1');
    expect(await response.json()).toMatchObject({ file: { status: 'received' } });
  });

  test('a warming answers within the wait, and says which wait it applied', async () => {
    const warm = (prefer: string) => api.postJson('/api/cache/warm', { prefix: 'files' }, { ...asAdmin, prefer });
    expect((await warm('wait=86400')).headers.get('preference-applied')).toBe('wait=60');
    expect((await warm('respond-async')).headers.has('preference-applied')).toBe(false);
  });
});
