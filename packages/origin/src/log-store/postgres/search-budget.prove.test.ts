import { searchBodySchema } from '@pilotlight/contracts';
import { FaultProxy } from '@pilotlight/stack/testing';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOrigin } from '../../create-origin.ts';
import { OriginUnavailable, SearchTooSlow } from '../../errors.ts';
import { openOrigin, type TestOrigin } from '../../testing/open-origin.ts';

const SEARCH = searchBodySchema.parse({ q: 'row' });
/** Longer than a test may take, so that only the budget ends a statement. */
const STATEMENT_MS = 3_600_000;

/** Keeps every search from ending until the test does, or the returned function is called. */
async function lockLines({ databaseUrl }: TestOrigin): Promise<() => Promise<unknown>> {
  const locker = new pg.Client(databaseUrl);
  await locker.connect();
  onTestFinished(() => locker.end());
  await locker.query('BEGIN; LOCK TABLE log_lines IN ACCESS EXCLUSIVE MODE');
  return () => locker.query('ROLLBACK');
}

/** Counts the connections that a search uses. The server sees a moment later than the client that one was closed. */
async function searchesUnderWay({ query }: TestOrigin): Promise<number> {
  const rows = await query(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'pilotlight reads' AND state <> 'idle'`,
  );
  return rows.length;
}

test('a search beyond its budget ends on the server too, and the next one is answered', async () => {
  const world = await openOrigin({ readTimeoutMs: STATEMENT_MS, searchTimeoutMs: 300, poolSize: 1 });
  await world.addFile('2020-01-01 00:00:00 ERROR app: row 1\n');
  const unlock = await lockLines(world);
  await expect(world.origin.logs.search(SEARCH)).rejects.toThrow(SearchTooSlow);
  await expect.poll(() => searchesUnderWay(world)).toBe(0);
  expect(world.origin.slowSearches()).toBe(1);
  await unlock();
  // The same budget applies, which a busy machine may exceed.
  await expect.poll(() => world.origin.logs.search(SEARCH)).toMatchObject({ total: 1 });
  expect(world.errors).toEqual([]);
});

test('control: without a budget the same search runs on after one with a budget has ended', async () => {
  const world = await openOrigin({ readTimeoutMs: STATEMENT_MS, poolSize: 1 });
  await world.addFile('2020-01-01 00:00:00 ERROR app: row 1\n');
  const unlock = await lockLines(world);
  const searching = world.origin.logs.search(SEARCH);
  await vi.waitFor(async () => expect(await searchesUnderWay(world)).toBe(1), { timeout: 20_000 });
  const hasBudget = createOrigin({
    databaseUrl: world.databaseUrl,
    readTimeoutMs: STATEMENT_MS,
    searchTimeoutMs: 300,
    onError: () => undefined,
  });
  onTestFinished(() => hasBudget.close());
  await expect(hasBudget.logs.search(SEARCH)).rejects.toThrow(SearchTooSlow);
  await expect.poll(() => searchesUnderWay(world)).toBe(1);
  await unlock();
  expect(await searching).toMatchObject({ total: 1 });
});

test.for(['before', 'during'] as const)(
  'given a server that freezes %s a search, it is unavailable and the search is not counted as slow',
  async (moment) => {
    const world = await openOrigin();
    await world.addFile('2020-01-01 00:00:00 ERROR app: row 1\n');
    const proxy = await FaultProxy.to(world.databaseUrl);
    const origin = createOrigin({
      databaseUrl: proxy.url,
      readTimeoutMs: STATEMENT_MS,
      searchTimeoutMs: 5_000,
      onError: () => undefined,
    });
    onTestFinished(async () => {
      await origin.close();
      await proxy.close();
    });
    await origin.logs.search(SEARCH);
    if (moment === 'during') await lockLines(world);
    else proxy.forward({ kind: 'blackhole' });
    const refused = expect(origin.logs.search(SEARCH)).rejects.toThrow(OriginUnavailable);
    if (moment === 'during') {
      await vi.waitFor(async () => expect(await searchesUnderWay(world)).toBe(1), { timeout: 20_000, interval: 10 });
      proxy.forward({ kind: 'blackhole' });
    }
    await refused;
    expect(origin.slowSearches()).toBe(0);
  },
);
