import { tailEventSchemas } from '@pilotlight/contracts';
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

async function tail(query: string, lastId?: string, url = api.url): Promise<EventReader> {
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
  const response = await fetch(`${url}/api/search/events?${query}`, { headers });
  if (response.status !== 200) throw new Error(`expected 200, got ${response.status} ${await response.text()}`);
  const reader = readEvents(response);
  onTestFinished(() => reader.close().catch(() => undefined));
  return reader;
}

async function opened(query: string): Promise<EventReader> {
  const reader = await tail(query);
  expect(await reader.next()).toMatchObject({ event: 'open', data: {} });
  return reader;
}

const line = (second: number, level: string, service: string, message: string) =>
  `2026-03-01 10:00:${String(second).padStart(2, '0')} ${level} ${service}: ${message}\n`;
const messageOf = (event: Awaited<ReturnType<EventReader['next']>>) => tailEventSchemas.line.parse(event?.data).message;

describe('GET /api/search/events', () => {
  test('sends the lines of later files that match, oldest first, as results of a search', async () => {
    await api.uploadIndexed(line(1, 'ERROR', 'pay', 'tailed before'));
    const reader = await opened('q=tailed&level=ERROR&level=WARN');
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const id = await api.uploadIndexed(
      line(3, 'WARN', 'pay', 'tailed c') +
        line(2, 'INFO', 'pay', 'tailed info') +
        line(1, 'ERROR', 'pay', 'tailed a') +
        line(2, 'ERROR', 'pay', 'another word'),
    );
    await api.uploadIndexed(line(4, 'INFO', 'cart', 'tailed, of another level'));
    await api.uploadIndexed(line(0, 'ERROR', 'pay', 'tailed d'));
    const events = [await reader.next(), await reader.next(), await reader.next()];
    expect(events.map(messageOf)).toEqual(['tailed a', 'tailed c', 'tailed d']);
    const { results } = (await (
      await api.postJson('/api/search', { q: 'tailed', file_id: id, level: ['ERROR', 'WARN'], sort: 'oldest' })
    ).json()) as { results: unknown[] };
    expect(events.slice(0, 2).map((event) => event?.data)).toEqual(results);
  });

  test('continues within a file and over apis without loss or repetition', async () => {
    const other = await startApi(api.api.deps.config, api.api.deps.logger);
    onTestFinished(async () => {
      for (const step of other.shutdown) await step.run();
    });
    const first = await opened('q=resumed');
    const lines = Array.from({ length: 5 }, (_, n) => line(n, 'INFO', 'app', `resumed ${n}`));
    await api.uploadIndexed(lines.slice(0, 3).join(''));
    const seen = [messageOf(await first.next())];
    const last = await first.next();
    seen.push(messageOf(last));
    await first.close();
    await api.uploadIndexed(lines.slice(3).join(''));
    const second = await tail('q=resumed', last?.id, other.url);
    for (let n = 0; n < 3; n++) seen.push(messageOf(await second.next()));
    await api.uploadIndexed(line(9, 'INFO', 'app', 'resumed 5'));
    seen.push(messageOf(await second.next()));
    expect(seen).toEqual(Array.from({ length: 6 }, (_, n) => `resumed ${n}`));
  });

  test('of a file with more matches it sends the newest 100, after the number that it skips', async () => {
    const reader = await opened('q=flood');
    const lines = Array.from({ length: 250 }, (_, n) => line(n % 60, 'INFO', 'app', `flood ${n}`));
    const id = await api.uploadIndexed(lines.join(''));
    const skipped = await reader.next();
    expect(skipped).toMatchObject({
      event: 'skipped',
      data: { reason: 'lines_of_file', file_id: id, lines: 150, lines_relation: 'eq' },
    });
    const sent: number[] = [];
    for (let n = 0; n < 100; n++) sent.push(tailEventSchemas.line.parse((await reader.next())?.data).line);
    expect(new Set(sent).size).toBe(100);
    const resumed = await tail('q=flood', skipped?.id);
    expect(await resumed.next()).toMatchObject({ event: 'line', data: { line: sent[0] } });
  });

  test('of a burst beyond the rate, every line that matches is sent or counted once', async () => {
    const reader = await opened('q=burst');
    const content = Array.from({ length: 100 }, (_, n) => line(n % 60, 'INFO', 'app', `burst ${n}`)).join('');
    const ids = [];
    for (let n = 0; n < 8; n++) {
      const { file } = (await (await api.upload(content)).json()) as { file: { id: string } };
      ids.push(file.id);
    }
    await Promise.all(ids.map((id) => api.ingest(id)));
    let lines = 0;
    let skipped = 0;
    while (lines + skipped < 800) {
      const event = await reader.next();
      if (event?.event === 'line') lines++;
      else {
        const data = tailEventSchemas.skipped.parse(event?.data);
        expect(data.reason).toBe('rate');
        skipped += data.lines ?? 0;
      }
    }
    expect(lines).toBeGreaterThanOrEqual(500);
    expect(lines + skipped).toBe(800);
  });

  test('a client that reconnects after skipped lines gets none of them', async () => {
    const reader = await opened('q=surge');
    const content = Array.from({ length: 100 }, (_, n) => line(n % 60, 'INFO', 'app', `surge ${n}`)).join('');
    const uploads = await Promise.all(Array.from({ length: 8 }, () => api.upload(content)));
    const ids = await Promise.all(
      uploads.map(async (answer) => ((await answer.json()) as { file: { id: string } }).file.id),
    );
    await Promise.all(ids.map((id) => api.ingest(id)));
    let event = await reader.next();
    while (event?.event === 'line') event = await reader.next();
    const skipped = tailEventSchemas.skipped.parse(event?.data);
    const resumed = await tail('q=surge', event?.id);
    await api.uploadIndexed(line(1, 'INFO', 'app', 'surge end'));
    let linesOfFile = 0;
    for (let next = await resumed.next(); messageOf(next) !== 'surge end'; next = await resumed.next())
      if (tailEventSchemas.line.parse(next?.data).file_id === skipped.file_id) linesOfFile++;
    expect(linesOfFile + (skipped.lines ?? 0)).toBe(100);
  });

  test('after a moment that is too old, or of another database, it continues at the present', async () => {
    for (const lastId of [`${Date.now() - 3_600_000}~1:1:`, `${Date.now()}~900000000:900000000:`]) {
      const reader = await tail('q=late', lastId);
      expect(await reader.next()).toMatchObject({ event: 'skipped', data: { reason: 'behind', lines: null } });
      await api.uploadIndexed(line(1, 'INFO', 'app', 'late line'));
      expect(messageOf(await reader.next())).toBe('late line');
    }
  });

  test('a wrong query or last event id is 400', async () => {
    for (const query of ['q=(', 'page=2', 'level=LOUD', 'q=a&q=b'])
      await expectProblem(await api.fetch(`/api/search/events?${query}`), 400);
    for (const lastId of ['stored', '1~2:1:', `1~1:9:${'2,'.repeat(3_000)}`]) {
      const answer = await api.fetch('/api/search/events', { headers: { 'last-event-id': lastId } });
      expect((await expectProblem(answer, 400)).errors?.[0]?.field).toBe('Last-Event-ID');
    }
  });
});
