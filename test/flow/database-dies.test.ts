import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, uploadText } from '../harness/ask.ts';
import { type System, startSystem } from '../harness/start-system.ts';

const LINES = 60_000;
let system: System;

beforeAll(async () => {
  system = await startSystem({ apis: 1, workers: 2, ownPostgres: true });
});
afterAll(() => system?.stop());

test('a database killed in the middle of a file costs neither the file nor any of its job’s tries', async () => {
  const [api] = system.apis;
  const { postgres, workers } = system;
  if (!api || !postgres) throw new Error('expected an api and its database');
  const lines = Array.from({ length: LINES }, (_, i) => `2026-01-01T00:00:00.000Z INFO app: line ${i}`);
  const { file } = await uploadText(api, 'big.log', lines.join('\n'));
  const first = (pattern: RegExp) => Promise.race(workers.map((worker) => worker.waitForLog(pattern)));
  await first(/^Reading big\.log/);
  postgres.kill('SIGKILL');
  await first(/^jobs of ingest wait: the database cannot answer now/);
  await postgres.restart();
  await expect
    .poll(async () => (await ask(api, 'GET', `/api/files/${file.id}`)).json.file, { timeout: 60_000, interval: 100 })
    .toMatchObject({ status: 'indexed', line_count: LINES, invalidation: { state: 'applied' } });
  expect((await ask(api, 'GET', '/api/stats')).json.stats.total_logs).toBe(LINES);
  const said = workers.flatMap(({ lines }) => lines);
  expect(said.filter((line) => /^job .* failed/.test(line))).toEqual([]);
  for (const { lines } of workers) {
    expect(lines.filter((line) => line.startsWith('events wait in the outbox')).length).toBeLessThanOrEqual(1);
  }
});
