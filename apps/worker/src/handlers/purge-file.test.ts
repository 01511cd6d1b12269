import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHandlers, createKeepWarm } from '../create-handlers.ts';
import { firstTry, openTestWorld, type TestWorld } from '../testing/open-test-world.ts';
import { sweepOutbox } from './sweep-outbox.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await openTestWorld();
});
afterAll(() => world.close());

test('a purge can be repeated and settles its job; settled events are removed after a day only', async () => {
  const { origin } = world.deps;
  const { file } = await world.upload('one line\n');
  await origin.ingest(file.id);
  const event = await origin.files.delete(file.id);
  if (!event) throw new Error('expected the event of the delete, got null');
  const { deps, queues, logger } = world;
  const purge = createHandlers(deps, queues, createKeepWarm(deps, logger), logger)['purge-file'];
  await purge({ event }, firstTry());
  await purge({ event }, firstTry());
  const pending: string[] = [];
  await origin.outbox.relay({ limit: 100, retryAfterMs: 0 }, async (entries) => {
    for (const entry of entries) if (entry.event.id === event.id) pending.push(...entry.jobs);
  });
  expect(pending).toEqual(['apply-event']);
  await origin.outbox.settle(event.id, 'apply-event');
  expect(await sweepOutbox({ origin })({}, firstTry())).toMatchObject({ removed: 0, uploads: 0 });
});

test('chunks of an upload whose api died are removed after an hour without data', async () => {
  const { origin } = world.deps;
  const upload = await origin.uploads.begin('half.log');
  await upload.write(Buffer.alloc(1_500_000));
  expect(await sweepOutbox({ origin })({}, firstTry())).toMatchObject({ uploads: 0 });
  await world.query(`UPDATE uploads_under_way SET touched_at = touched_at - interval '61 minutes'`);
  expect(await sweepOutbox({ origin })({}, firstTry())).toMatchObject({ uploads: 1 });
  await expect(upload.commit()).rejects.toThrow(/send it again/);
});
