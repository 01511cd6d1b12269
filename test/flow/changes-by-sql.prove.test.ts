import { answerOf } from '@pilotlight/client';
import pg from 'pg';
import { expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { clientOf } from '../harness/client.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadIndexed } from '../harness/upload.ts';

// Two apis and a worker. The tests change rows of `files` by plain SQL, as psql or a maintenance script does.
const running = suiteSystem({ apis: 2, workers: 1 });

/** Runs statements in one session. Returns the number of events in the outbox after them. */
async function sql(...statements: readonly string[]): Promise<number> {
  const client = new pg.Client(running.system.env['DATABASE_URL']);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
    return (await client.query('SELECT FROM outbox')).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

/** Returns what each api shows of a file, from its cache. */
async function shown(id: string) {
  return await Promise.all(
    running.apis.map(clientOf).map(async (client) => {
      const { files } = (await answerOf(client.GET('/api/files'))).data;
      const { total: lines } = (await answerOf(client.POST('/api/search', { body: { file_id: id } }))).data;
      return { name: files.find((file) => file.id === id)?.name, lines };
    }),
  );
}

const onBoth = (expected: { name: string | undefined; lines: number }) => [expected, expected];

async function addFile(name: string): Promise<string> {
  const { file } = await uploadIndexed(running.apis[0], name, '2026-01-01 00:00:00 INFO app: one');
  expect(await shown(file.id)).toEqual(onBoth({ name, lines: 1 }));
  return file.id;
}

test('an UPDATE and a DELETE by SQL become visible on both apis', async () => {
  const id = await addFile('script.log');
  await sql(`UPDATE files SET name = 'renamed.log' WHERE id = '${id}'`);
  await expect.poll(() => shown(id)).toEqual(onBoth({ name: 'renamed.log', lines: 1 }));
  await sql(`DELETE FROM files WHERE id = '${id}'`);
  await expect.poll(() => shown(id)).toEqual(onBoth({ name: undefined, lines: 0 }));
});

test('changes that the service makes over HTTP have one event each', async () => {
  const before = await sql();
  const id = await addFile('service.log');
  expect(await sql()).toBe(before + 2); // uploaded, indexed
  expect((await ask(running.apis[0], 'DELETE', `/api/files/${id}`)).status).toBeLessThan(300);
  await expect.poll(() => shown(id)).toEqual(onBoth({ name: undefined, lines: 0 }));
  expect(await sql()).toBe(before + 3);
});

test('control: without the trigger, both apis still serve the row before the change', async () => {
  const id = await addFile('control.log');
  const events = await sql();
  const update = `UPDATE files SET name = 'unseen.log' WHERE id = '${id}'`;
  expect(await sql('SET session_replication_role = replica', update)).toBe(events);
  expect(await shown(id)).toEqual(onBoth({ name: 'control.log', lines: 1 }));
});

test('a change by SQL while no relay runs becomes visible once a worker starts', async () => {
  const id = await addFile('meanwhile.log');
  for (const worker of running.system.workers) await worker.kill('SIGKILL');
  await sql(`DELETE FROM files WHERE id = '${id}'`);
  expect(await shown(id)).toEqual(onBoth({ name: 'meanwhile.log', lines: 1 }));
  await running.system.addWorker();
  await expect.poll(() => shown(id)).toEqual(onBoth({ name: undefined, lines: 0 }));
});
