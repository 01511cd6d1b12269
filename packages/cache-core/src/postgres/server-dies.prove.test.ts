import { startPostgres } from '@pilotlight/stack';
import { signalPostgres } from '@pilotlight/stack/vitest';
import { afterAll, expect, test } from 'vitest';
import { openWatchWorld } from './testing/watch-world.ts';

// An ephemeral server does not wait for its log, so a kill would lose the last commits.
const server = await startPostgres({ ephemeral: false });
afterAll(() => server.stop());

test('after each of three kills of Postgres, committed changes become visible on both watches', async () => {
  const { sql, price, watchProducts, openPool } = await openWatchWorld(server.url);
  await watchProducts({ pollEvery: 100 });
  await watchProducts({ pollEvery: 100, pool: openPool() });
  for (let round = 11; round <= 13; round++) {
    await price(7);
    await sql(`UPDATE products SET price = ${round} WHERE id = 7`);
    server.kill('SIGKILL');
    await server.restart();
    await expect.poll(() => price(7)).toBe(round);
  }
  await expect.poll(() => sql('SELECT FROM cache_watch.changes')).toEqual([]);
});

test('with Postgres frozen a watch gives up within its limits, and resumes after it', async () => {
  const { sql, price, watchProducts, lines } = await openWatchWorld(server.url);
  const watch = await watchProducts({ pollEvery: 100 });
  await watch.caughtUp();
  await price(7);
  signalPostgres(server, 'SIGSTOP');
  await expect.poll(() => lines.join()).toContain('changes of watched tables wait in their outbox');
  expect(await price(7)).toBe(10);
  signalPostgres(server, 'SIGCONT');
  await sql('UPDATE products SET price = 12 WHERE id = 7');
  await expect.poll(() => price(7)).toBe(12);
});
