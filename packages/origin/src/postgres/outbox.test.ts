import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { OutboxEntry, UnreadableEntry } from '../outbox.ts';
import { openOrigin, until, uploadText } from '../testing/open-origin.ts';

/** Writes an event as a change does. Returns its id. */
async function insertEvent(client: pg.Client): Promise<string> {
  const id = randomUUID();
  const fileId = randomUUID();
  const event = { id, type: 'file.uploaded', version: 1, at: new Date().toISOString(), fileId };
  await client.query(
    "INSERT INTO outbox (id, type, file_id, payload, pending_jobs) VALUES ($1, $2, $3, $4, '{apply-event}')",
    [id, event.type, fileId, event],
  );
  return id;
}

const NOW = { limit: 100, retryAfterMs: 60_000 };
const AGAIN = { limit: 100, retryAfterMs: 0 };

test('an event is handed over once with its jobs, and again only after retryAfterMs', async () => {
  const { origin } = await openOrigin();
  const { event } = await uploadText(origin, 'x');
  const seen: OutboxEntry[] = [];
  const collect = async (entries: OutboxEntry[]): Promise<void> => {
    seen.push(...entries);
  };
  expect(await origin.outbox.relay(NOW, collect)).toBe(1);
  expect(seen).toEqual([{ event, jobs: ['apply-event', 'ingest-file'] }]);
  expect(await origin.outbox.relay(NOW, collect)).toBe(0);
  expect(await origin.outbox.relay(AGAIN, collect)).toBe(1);
});

test('the pause before an event is due again doubles per hand-over, up to its maximum', async () => {
  const { origin, query } = await openOrigin();
  await uploadText(origin, 'x');
  const dueAfter = async (handOvers: number, agoMs: number, allBeforeMs?: number): Promise<boolean> => {
    await query('UPDATE outbox SET hand_overs = $1, handed_over_at = clock_timestamp() - make_interval(secs => $2)', [
      handOvers,
      agoMs / 1_000,
    ]);
    const limits = { limit: 1, retryAfterMs: 60_000, ...(allBeforeMs && { allBeforeMs }) };
    return (await origin.outbox.relay(limits, async () => undefined)) === 1;
  };
  // Older code leaves 0, because it does not count hand-overs; the other cases are after the first, the second and very
  // many.
  expect([await dueAfter(0, 61_000), await dueAfter(0, 30_000)]).toEqual([true, false]);
  expect([await dueAfter(1, 61_000), await dueAfter(1, 30_000)]).toEqual([true, false]);
  expect([await dueAfter(2, 121_000), await dueAfter(2, 90_000)]).toEqual([true, false]);
  expect([await dueAfter(1_000, 1_201_000), await dueAfter(1_000, 1_170_000)]).toEqual([true, false]);
  // An event handed over before the given instant is due regardless of its pause.
  expect([await dueAfter(1_000, 40_000, 30_000), await dueAfter(1_000, 1_000, 30_000)]).toEqual([true, false]);
});

test('events that were never handed over come before events handed over earlier', async () => {
  const { origin } = await openOrigin();
  await uploadText(origin, 'x');
  await origin.outbox.relay(NOW, async () => undefined);
  const { event } = await uploadText(origin, 'y');
  const seen: string[] = [];
  await origin.outbox.relay({ limit: 1, retryAfterMs: 0 }, async (entries) => {
    seen.push(...entries.map((entry) => entry.event.id));
  });
  expect(seen).toEqual([event.id]);
});

test('only unfinished jobs are handed over again, and none once all have finished', async () => {
  const { origin } = await openOrigin();
  const { event } = await uploadText(origin, 'x');
  await origin.outbox.settle(event.id, 'apply-event');
  await origin.outbox.settle(event.id, 'apply-event');
  const seen: OutboxEntry[] = [];
  const collect = async (entries: OutboxEntry[]): Promise<void> => {
    seen.push(...entries);
  };
  await origin.outbox.relay(AGAIN, collect);
  expect(seen).toEqual([{ event, jobs: ['ingest-file'] }]);
  await origin.outbox.settle(event.id, 'ingest-file');
  expect(await origin.outbox.relay(AGAIN, collect)).toBe(0);
});

test('when a hand-over fails, its events are due at once', async () => {
  const { origin } = await openOrigin();
  await uploadText(origin, 'x');
  const failure = new Error('the queue is down');
  await expect(origin.outbox.relay(NOW, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await origin.outbox.relay(NOW, async () => undefined)).toBe(1);
});

test('an event written first and committed last is handed over like any other', async () => {
  const { origin, databaseUrl } = await openOrigin();
  const slow = new pg.Client({ connectionString: databaseUrl });
  await slow.connect();
  await slow.query('BEGIN');
  const early = await insertEvent(slow);
  const { event: late } = await uploadText(origin, 'x');
  const seen: string[] = [];
  const relay = () =>
    origin.outbox.relay(NOW, async (entries) => {
      seen.push(...entries.map(({ event }) => event.id));
    });
  expect(await relay()).toBe(1);
  expect(seen).toEqual([late.id]);
  await slow.query('COMMIT');
  await slow.end();
  expect(await relay()).toBe(1);
  expect(seen).toEqual([late.id, early]);
});

test('concurrent relays never hand over the same event', async () => {
  const { origin } = await openOrigin();
  for (let index = 0; index < 20; index += 1) await uploadText(origin, 'x');
  const seen: string[] = [];
  const relay = async (): Promise<void> => {
    const collect = async (entries: OutboxEntry[]): Promise<void> => {
      seen.push(...entries.map(({ event }) => event.id));
    };
    while ((await origin.outbox.relay({ limit: 3, retryAfterMs: 60_000 }, collect)) > 0);
  };
  await Promise.all([relay(), relay(), relay()]);
  await relay();
  expect(seen).toHaveLength(20);
  expect(new Set(seen).size).toBe(20);
});

test('an unreadable event is reported and handed over unparsed, and the others follow', async () => {
  const { origin, query, errors } = await openOrigin();
  const { event } = await uploadText(origin, 'x');
  await query(`INSERT INTO outbox (id, type, file_id, payload, pending_jobs)
    VALUES (gen_random_uuid(), 'file.archived', gen_random_uuid(), '{"type": "file.archived"}', '{some-job}')`);
  const seen: OutboxEntry[] = [];
  const unread: UnreadableEntry[] = [];
  expect(
    await origin.outbox.relay(NOW, async (entries, unreadable) => {
      seen.push(...entries);
      unread.push(...unreadable);
    }),
  ).toBe(2);
  expect(seen).toMatchObject([{ event: { id: event.id } }]);
  expect(unread).toMatchObject([{ payload: { type: 'file.archived' }, jobs: ['some-job'] }]);
  expect(errors).toHaveLength(1);
});

test('unreadable events do not block the others forever', async () => {
  const { origin, query } = await openOrigin();
  await query(`INSERT INTO outbox (id, type, file_id, payload, pending_jobs)
    SELECT gen_random_uuid(), 'file.archived', gen_random_uuid(), '{"type": "file.archived"}', '{some-job}' FROM generate_series(1, 3)`);
  const { event } = await uploadText(origin, 'x');
  const seen: OutboxEntry[] = [];
  const relay = () =>
    origin.outbox.relay({ limit: 3, retryAfterMs: 60_000 }, async (entries) => {
      seen.push(...entries);
    });
  expect(await relay()).toBe(3);
  expect(seen).toEqual([]);
  expect(await relay()).toBe(1);
  expect(seen).toMatchObject([{ event: { id: event.id } }]);
});

test('the first position of an invalidation stays', async () => {
  const { origin } = await openOrigin();
  const { event } = await uploadText(origin, 'x');
  expect(await origin.outbox.invalidation(event.id)).toEqual({ position: null, state: 'pending' });
  await origin.outbox.markApplied(event.id, 3);
  await origin.outbox.markApplied(event.id, 9);
  expect(await origin.outbox.invalidation(event.id)).toEqual({ position: 3, state: 'applied' });
});

test('pruning keeps pending events and the latest event of an existing file', async () => {
  const { origin } = await openOrigin();
  const first = await uploadText(origin, 'x');
  const pending = await uploadText(origin, 'y');
  await origin.outbox.settle(first.event.id, 'apply-event');
  await origin.outbox.settle(first.event.id, 'ingest-file');
  expect(await origin.outbox.prune(60_000)).toBe(0);
  expect(await origin.outbox.prune(0)).toBe(0);
  await origin.ingest(first.file.id);
  expect(await origin.outbox.prune(0)).toBe(1);
  expect(await origin.outbox.invalidation(first.event.id)).toEqual({ position: null, state: 'applied' });
  const deleted = await origin.files.delete(first.file.id);
  await origin.files.purge(first.file.id);
  for (const job of ['apply-event', 'purge-file'] as const) await origin.outbox.settle(deleted?.id ?? '', job);
  expect(await origin.outbox.prune(0)).toBe(1);
  expect(await origin.outbox.invalidation(pending.event.id)).toEqual({ position: null, state: 'pending' });
});

test('notifications resume by themselves after the listening connection is lost', async () => {
  const { origin, query, errors } = await openOrigin();
  let notifications = 0;
  const listening = await origin.outbox.onNotify(() => {
    notifications += 1;
  });
  await until(() => notifications === 1);
  await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'pilotlight news' AND datname = current_database()`);
  await until(() => notifications === 2);
  expect(errors).toHaveLength(1);
  await uploadText(origin, 'x');
  await until(() => notifications === 3);
  await listening.close();
});

test('waitingMs covers events that were never handed over and the given one', async () => {
  const { origin, query } = await openOrigin();
  expect(await origin.outbox.waitingMs(null)).toBe(0);
  const { event } = await uploadText(origin, 'x');
  const makeOlder = (id: string, seconds: number) =>
    query('UPDATE outbox SET created_at = created_at - make_interval(secs => $2) WHERE id = $1', [id, seconds]);
  await makeOlder(event.id, 100);
  expect(await origin.outbox.waitingMs(null)).toBeGreaterThanOrEqual(100_000);
  await origin.outbox.relay(NOW, async () => undefined);
  expect(await origin.outbox.waitingMs(null)).toBe(0);
  expect(await origin.outbox.waitingMs(event.id)).toBeGreaterThanOrEqual(100_000);
  await uploadText(origin, 'y');
  expect(await origin.outbox.waitingMs(null)).toBeLessThan(100_000);
});
