import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const scrape = async (): Promise<string[]> => (await (await api.fetch('/metrics')).text()).split('\n');

test('a scrape counts requests by route and tier, and reads by prefix', async () => {
  for (const outcome of ['miss', 'hit', 'hit']) {
    const answer = await api.fetch('/api/stats?service=metrics');
    expect(answer.headers.get('cache-status')).toContain(outcome === 'hit' ? 'hit' : 'fwd=miss');
    await answer.text();
  }
  const hits = 'route="/api/stats",method="GET",status="200",outcome="hit",tier="memory"';
  await expect.poll(scrape).toContain(`pilotlight_http_requests_total{${hits}} 2`);
  const lines = await scrape();
  expect(lines).toContain('pilotlight_cache_reads_total{prefix="stats",outcome="hit",tier="memory"} 2');
  expect(lines).toContain('pilotlight_cache_reads_total{prefix="stats",outcome="miss",tier=""} 1');
  expect(lines).toContain(
    'pilotlight_cache_load_duration_seconds_count{prefix="stats",origin="default",result="loaded"} 1',
  );
  expect(lines).toContain('pilotlight_cache_lease_state{state="current"} 1');
});

test('the queues and pools of the process are in a scrape', async () => {
  const before = await scrape();
  expect(before).toContain('pilotlight_postgres_pool_max_connections{pool="reads"} 8');
  expect(before).toContain('pilotlight_queue_jobs{queue="ingest",state="failed"} 0');
  expect(before.filter((line) => /^pilotlight_cache_log_records \d+$/.test(line))).toHaveLength(1);
});

test('an upload that no worker reads raises the wait and the age of the outbox', async () => {
  expect((await api.upload('2026-03-01 10:00:00 INFO cart: added lamp\n')).status).toBe(202);
  const metricOf = (lines: readonly string[], name: string) =>
    Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  await expect.poll(async () => metricOf(await scrape(), 'pilotlight_outbox_oldest_event_seconds')).toBeGreaterThan(0);
  await expect.poll(async () => metricOf(await scrape(), 'pilotlight_ingest_oldest_wait_seconds')).toBeGreaterThan(0);
});

test('lines without a file are counted by source, and refusals by the code of the problem', async () => {
  const post = (path: string, body: string, type: string) =>
    api.fetch(path, { method: 'POST', body, headers: { 'content-type': type } });
  expect((await post('/api/ingest?stream=a', 'one\ntwo\n', 'text/plain')).status).toBe(202);
  expect((await post('/api/ingest?stream=a', '', 'text/plain')).status).toBe(422);
  expect((await post('/v1/logs', '{', 'application/json')).status).toBe(400);
  const lines = await scrape();
  for (const line of [
    'received_lines_total{source="ingest"} 2',
    'stored_lines_total{source="ingest"} 2',
    'stored_lines_total{source="otlp"} 0',
    'stored_lines_total{source="syslog"} 0',
    'refusals_total{source="ingest",reason="EMPTY_UPLOAD"} 1',
    'refusals_total{source="otlp",reason="MALFORMED_BODY"} 1',
  ])
    expect(lines).toContain(`pilotlight_stream_${line}`);
});

test('with API tokens, metrics need one of them and are answered under any host', async () => {
  const allowedHosts = { names: new Set(['logs.example.com']), origins: new Set(['https://logs.example.com']) };
  const guarded = await startTestApi({ apiTokens: ['a-token-for-the-tests'], allowedHosts });
  onTestFinished(() => guarded.stop());
  const statusLine = async (path: string, authorization: string) => {
    const head = [`GET ${path} HTTP/1.1`, 'Host: 10.0.0.7:5000', 'Connection: close', authorization].filter(Boolean);
    return (await text(await guarded.raw(`${head.join('\r\n')}\r\n\r\n`))).split('\r\n', 1)[0];
  };
  expect(await statusLine('/metrics', '')).toBe('HTTP/1.1 401 Unauthorized');
  expect(await statusLine('/metrics', 'Authorization: Bearer a-token-for-the-tests')).toBe('HTTP/1.1 200 OK');
  expect(await statusLine('/api/files', 'Authorization: Bearer a-token-for-the-tests')).toMatch(/ 421 /);
});
