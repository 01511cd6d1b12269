import { expect, test } from 'vitest';
import { openOrigin } from '../testing/open-origin.ts';
import { Connections } from './connections.ts';

test('given connections in use, close leaves none of them on the server', async () => {
  const { databaseUrl, query } = await openOrigin();
  for (let round = 1; round <= 5; round++) {
    const name = `closing ${round}`;
    const errors: unknown[] = [];
    const connections = new Connections({
      databaseUrl,
      name,
      max: 8,
      statementTimeoutMs: 10_000,
      idleInTransactionMs: 10_000,
      onError: (error) => errors.push(error),
    });
    const backends = await Promise.all(
      Array.from({ length: 8 }, () =>
        connections.query<{ pid: number }>('SELECT pg_backend_pid() AS pid FROM pg_sleep(0.05)'),
      ),
    );
    expect(new Set(backends.map(([row]) => row?.pid)).size).toBe(8);
    await connections.close();
    expect(await query('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [`pilotlight ${name}`])).toEqual(
      [],
    );
    expect(errors).toEqual([]);
  }
});
