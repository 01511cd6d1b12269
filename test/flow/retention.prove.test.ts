import { answerOf } from '@pilotlight/client';
import { expect, test } from 'vitest';
import { clientOf } from '../harness/client.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadIndexed } from '../harness/upload.ts';

// Two apis and a worker without retention. The test adds a worker with it.
const running = suiteSystem({ apis: 2, workers: 1 });

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

async function addFile(name: string, ...days: number[]): Promise<string> {
  const lines = days.map((age) => `${daysAgo(age)} INFO app: one of ${name}`);
  const { file } = await uploadIndexed(running.api, name, lines.join('\n'));
  return file.id;
}

/** Returns the names that each api lists, and the number of lines that it counts and finds, from its cache. */
async function shown() {
  return await Promise.all(
    running.apis.map(clientOf).map(async (client) => {
      const { files, stats } = (await answerOf(client.GET('/api/files'))).data;
      const { total: found } = (await answerOf(client.POST('/api/search', { body: {} }))).data;
      return { names: files.map(({ name }) => name).sort(), lines: stats.total_lines, found };
    }),
  );
}

test('given a worker with RETENTION_DAYS, both apis stop serving a file whose newest record is too old', async () => {
  await addFile('new.log', 90, 1);
  await addFile('old.log', 90, 31);
  const before = { names: ['new.log', 'old.log'], lines: 4, found: 4 };
  expect(await shown()).toEqual([before, before]);
  const worker = await running.system.addWorker({ RETENTION_DAYS: '30' });
  const after = { names: ['new.log'], lines: 2, found: 2 };
  await expect.poll(shown, { timeout: 60_000, interval: 100 }).toEqual([after, after]);
  expect(worker.lines.join('\n')).not.toMatch(/failed for good/);
});
