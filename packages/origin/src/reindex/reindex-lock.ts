import pg from 'pg';
import { ReindexRunning } from '../errors.ts';
import { ADVISORY_LOCKS } from '../postgres/advisory-locks.ts';
import { CONNECT_TIMEOUT_MS } from '../postgres/connections.ts';
import { asOriginError } from '../postgres/unavailable.ts';

/**
 * Runs `work` while this process alone may copy between the log stores of the database. The lock saves work; the attempt numbers of
 * the files keep two copies from mixing. It ends with the session, also if the process is killed. Rejects with `ReindexRunning`.
 */
export async function withReindexLock<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'pilotlight reindex lock',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A lost connection only loses the lock; the statements of `work` have connections of their own.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      ADVISORY_LOCKS.reindex,
    ]);
    if (rows[0]?.locked !== true) throw new ReindexRunning();
    return await work();
  } catch (error) {
    throw asOriginError(error);
  } finally {
    await client.end();
  }
}
