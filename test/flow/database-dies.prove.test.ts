import { expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { stopInBigFile } from '../harness/big-file.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { untilIndexed } from '../harness/upload.ts';

const running = suiteSystem({ apis: 1, workers: 2, ownPostgres: true });

test('a database killed during an ingest costs neither the file nor a try of its job', async () => {
  const [api] = running.system.apis;
  const { postgres, workers } = running.system;
  if (!api || !postgres) throw new Error('expected an api and its database');
  const { id, lines, reader } = await stopInBigFile(running.system, 'big');
  postgres.kill('SIGKILL');
  await reader.kill('SIGCONT');
  await Promise.race(
    workers.map((one) => one.waitForLog(/^events cannot be handed over: the database cannot answer now/)),
  );
  await postgres.restart();
  expect((await untilIndexed(api, id)).file.line_count).toBe(lines);
  expect((await ask(api, 'GET', '/api/stats')).json.stats.total_logs).toBe(lines);
  const logged = workers.flatMap((worker) => worker.lines);
  expect(logged.filter((line) => /^job .* failed/.test(line))).toEqual([]);
});
