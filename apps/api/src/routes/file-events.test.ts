import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startApi } from '../start-api.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { type EventReader, readEvents } from '../testing/read-events.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const LINES = '2026-03-01 10:00:00 INFO cart: added lamp\n2026-03-01 10:00:01 ERROR pay: card declined\n';

async function uploaded(content: string | Buffer<ArrayBuffer> = LINES): Promise<string> {
  const { file } = (await (await api.upload(content)).json()) as { file: { id: string } };
  return file.id;
}

/** Opens the stream of a file's events, as a client that has read up to `lastId`. */
async function open(fileId: string, lastId?: string, url = api.url): Promise<EventReader> {
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
  const reader = readEvents(await fetch(`${url}/api/files/${fileId}/events`, { headers }));
  onTestFinished(() => reader.close().catch(() => undefined));
  return reader;
}

/** Does what the job `warm-keys` does after an invalidation. */
async function noteWarmed(): Promise<void> {
  const { progress } = api.api.deps.origin;
  const beganAt = await progress.now();
  for (const prefix of ['files', 'stats', 'search']) await progress.noteWarmed(prefix, beganAt);
}

describe('GET /api/files/:id/events', () => {
  test('reports each step of an upload, and ends after the last', async () => {
    const id = await uploaded();
    const reader = await open(id);
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reader.response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(await reader.next()).toMatchObject({
      id: 'stored',
      event: 'stored',
      data: { file_id: id, name: 'app.log' },
    });
    await api.ingest(id);
    expect(await reader.next()).toMatchObject({ event: 'indexed', data: { line_count: 2, error_count: 1 } });
    expect(await reader.next()).toMatchObject({ event: 'invalidated', data: { position: expect.any(Number) } });
    await noteWarmed();
    expect(await reader.next()).toEqual({
      id: 'warmed',
      event: 'warmed',
      data: { state: 'done', prefixes: ['files', 'stats', 'search'] },
    });
    expect(await reader.next()).toBeNull();
  });

  test('a client continues on another api after its last event, and 204 ends its reconnecting', async () => {
    const { config, logger } = api.api.deps;
    const other = await startApi(config, logger);
    onTestFinished(async () => {
      for (const step of other.shutdown) await step.run();
    });
    const id = await uploaded();
    const first = await open(id);
    expect((await first.next())?.id).toBe('stored');
    await first.close();
    await api.ingest(id);
    const second = await open(id, 'stored', other.url);
    expect((await second.next())?.id).toBe('indexed');
    await second.close();
    await noteWarmed();
    const third = await open(id, 'indexed');
    expect((await third.rest()).map((event) => event.id)).toEqual(['invalidated', 'warmed']);
    const after = await fetch(`${other.url}/api/files/${id}/events`, { headers: { 'last-event-id': 'warmed' } });
    expect(after.status).toBe(204);
  });

  test('reports the lines so far of a long ingest, and those of a later attempt', async () => {
    const id = await uploaded();
    const reader = await open(id, 'stored');
    const { databaseUrl } = api.api.deps.config;
    const database = new pg.Client(databaseUrl);
    await database.connect();
    onTestFinished(() => database.end());
    await database.query(`UPDATE files SET status = 'indexing', ingest_attempt = 2 WHERE id = $1`, [id]);
    for (const [attempt, lines] of [
      [1, 500],
      [1, 900],
      [2, 400],
    ]) {
      await database.query(
        `INSERT INTO ingest_progress VALUES ($1, $2, $3, 1)
         ON CONFLICT (file_id) DO UPDATE SET attempt = excluded.attempt, lines = excluded.lines`,
        [id, attempt, lines],
      );
      expect(await reader.next()).toMatchObject({ id: `progress-${attempt}-${lines}`, data: { attempt, lines } });
    }
  });

  test('a file that cannot be ingested has the event failed', async () => {
    const id = await uploaded(gzipSync(LINES.repeat(1_000)).subarray(0, 60));
    await api.ingest(id);
    const reader = await open(id, 'stored');
    expect(await reader.next()).toMatchObject({ event: 'failed', data: { error: expect.stringMatching(/\w/) } });
  });

  test('a deletion ends the stream with the event deleted', async () => {
    const id = await uploaded();
    const reader = await open(id, 'stored');
    await api.fetch(`/api/files/${id}`, { method: 'DELETE' });
    expect(await reader.rest()).toEqual([{ id: 'deleted', event: 'deleted', data: { file_id: id } }]);
  });

  test('an unknown file is 404, and an id of no event is 400', async () => {
    await expectProblem(await api.fetch('/api/files/none/events'), 404);
    const id = await uploaded();
    const headers = { 'last-event-id': 'progress-x' };
    const problem = await expectProblem(await api.fetch(`/api/files/${id}/events`, { headers }), 400);
    expect(problem.errors?.[0]?.field).toBe('Last-Event-ID');
  });

  test('HEAD is answered with the headers and no stream', async () => {
    const response = await api.fetch(`/api/files/${await uploaded()}/events`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe('');
  });
});

describe('with few streams allowed', () => {
  let limited: TestApi;
  beforeAll(async () => {
    limited = await startTestApi({
      apiTokens: ['token-of-the-first-client', 'token-of-the-second-client', 'token-of-the-third-client'],
      eventStreams: { perProcess: 3, perClient: 2 },
    });
  });
  afterAll(() => limited.stop());

  const events = async (token: string, id: string) => {
    const response = await limited.fetch(`/api/files/${id}/events`, { headers: { authorization: `Bearer ${token}` } });
    if (response.status === 200) onTestFinished(() => response.body?.cancel().catch(() => undefined));
    return response;
  };

  test('a client beyond its number gets 429, others beyond that of the process 503, until streams close', async () => {
    const headers = { authorization: 'Bearer token-of-the-first-client' };
    const { file } = (await (await limited.upload(LINES, 'a.log', headers)).json()) as { file: { id: string } };
    const [first, second] = [
      await events('token-of-the-first-client', file.id),
      await events('token-of-the-first-client', file.id),
    ];
    const refused = await events('token-of-the-first-client', file.id);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await expectProblem(refused, 429)).code).toBe('TOO_MANY_STREAMS_OF_CLIENT');
    expect((await events('token-of-the-second-client', file.id)).status).toBe(200);
    const full = await events('token-of-the-third-client', file.id);
    expect(full.headers.get('retry-after')).toBe('5');
    expect((await expectProblem(full, 503)).code).toBe('TOO_MANY_STREAMS');
    await first.body?.cancel();
    await second.body?.cancel();
    await expect.poll(async () => (await events('token-of-the-third-client', file.id)).status).toBe(200);
  });

  test('at shutdown, streams end and the connections of their clients close in order', async () => {
    const stopping = await startTestApi();
    const { file } = (await (await stopping.upload(LINES)).json()) as { file: { id: string } };
    const reader = readEvents(await stopping.fetch(`/api/files/${file.id}/events`));
    expect((await reader.next())?.id).toBe('stored');
    const stopped = stopping.stop();
    expect(await reader.rest()).toEqual([]);
    expect(reader.comments).toContain('this process is shutting down');
    await stopped;
  });
});
