import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '@pilotlight/stack';
import { FaultProxy, startStandby } from '@pilotlight/stack/testing';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openWatchWorld, type WatchWorld } from './testing/watch-world.ts';

const EVERYTHING = [{ all: true }];

interface Pair {
  readonly world: WatchWorld;
  /** Ends replication, so that later commits reach the primary only. */
  cutOff(): Promise<void>;
  /** Kills the primary, promotes the standby, runs statements on it, and lets connections of the application reach it. */
  failOver(...statements: string[]): Promise<void>;
}

/** Starts a primary, and a standby that has all of its commits. The application reaches them through one address. */
async function openPair(): Promise<Pair> {
  const primary = await startPostgres({ ephemeral: false, replicates: true });
  onTestFinished(() => primary.stop());
  const [front, link] = [await FaultProxy.to(primary.url), await FaultProxy.to(primary.url)];
  const dataDir = mkdtempSync(join(tmpdir(), 'pilotlight-standby-'));
  chmodSync(dataDir, 0o711);
  const standby = await startStandby(primary, { dataDir, through: link.url });
  onTestFinished(async () => {
    await standby.stop();
    for (const proxy of [front, link]) await proxy.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const world = await openWatchWorld(front.url);
  return {
    world,
    cutOff: async () => {
      const isBehind = `SELECT FROM pg_stat_replication WHERE replay_lsn IS DISTINCT FROM pg_current_wal_lsn()`;
      await expect.poll(() => world.sql('SELECT FROM pg_stat_replication')).toHaveLength(1);
      await expect.poll(() => world.sql(isBehind)).toEqual([]);
      await link.refuse();
    },
    failOver: async (...statements) => {
      primary.kill('SIGKILL');
      await front.refuse();
      const database = new URL(world.url).pathname;
      await onServer(standby, database, 'SELECT pg_promote()', ...statements);
      front.pointTo(standby.url);
      await front.accept();
    },
  };
}

async function onServer(server: RunningPostgres, database: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(Object.assign(new URL(server.url), { pathname: database }).href);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

test('after a failover that loses a commit, two watches follow the new server and invalidate everything once', async () => {
  const { world, cutOff, failOver } = await openPair();
  const { sql, price, watchProducts, openPool, invalidated, lines } = world;
  const watches = [await watchProducts({ pollEvery: 100 }), await watchProducts({ pollEvery: 100, pool: openPool() })];
  for (const watch of watches) await watch.caughtUp();
  await expect.poll(() => sql('SELECT FROM cache_watch.installation WHERE server IS NOT NULL')).toHaveLength(1);
  await cutOff();
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  await watches[0]?.caughtUp();
  expect(await price(7)).toBe(12);
  await failOver();
  await expect.poll(() => price(7).catch(String)).toBe(10);
  expect(invalidated.filter(({ selectors }) => JSON.stringify(selectors) === JSON.stringify(EVERYTHING))).toHaveLength(
    1,
  );
  expect(lines.join()).toMatch(/Postgres \d+\/00000002\/\d+ replaces \d+\/00000001\/\d+, and may lack commits/);
  await sql('UPDATE products SET price = 13 WHERE id = 7');
  for (const watch of watches) await watch.caughtUp();
  expect(await price(7)).toBe(13);
  expect(invalidated.filter(({ selectors }) => JSON.stringify(selectors) === JSON.stringify(EVERYTHING))).toHaveLength(
    1,
  );
});

test('control: if the outbox does not know its server, the lost commit is served', async () => {
  const { world, cutOff, failOver } = await openPair();
  const { sql, price, watchProducts } = world;
  const watch = await watchProducts({ pollEvery: 100 });
  await watch.caughtUp();
  await cutOff();
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  await watch.caughtUp();
  expect(await price(7)).toBe(12);
  expect(await price(8)).toBe(10);
  await failOver('UPDATE cache_watch.installation SET server = NULL', 'UPDATE products SET price = 14 WHERE id = 8');
  await expect.poll(() => price(8).catch(String)).toBe(14);
  expect(await price(7)).toBe(12);
  expect(await sql('SELECT price FROM products WHERE id = 7')).toEqual([{ price: 10 }]);
});
