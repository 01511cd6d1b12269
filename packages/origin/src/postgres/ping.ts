import pTimeout from 'p-timeout';
import pg from 'pg';
import { OriginUnavailable } from '../errors.ts';
import { asOriginError } from './unavailable.ts';

const PING_TIMEOUT_MS = 1_900;

/** Pings over a new connection, so neither a busy pool nor a half-open connection in it affects the result. */
export async function ping(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'pilotlight ping' });
  // The running call rejects as well.
  client.on('error', () => undefined);
  try {
    const asking = client.connect().then(() => client.query('SELECT 1'));
    const message = new OriginUnavailable(`the database did not answer within ${PING_TIMEOUT_MS} ms`);
    await pTimeout(asking, { milliseconds: PING_TIMEOUT_MS, message });
  } catch (error) {
    throw asOriginError(error);
  } finally {
    // A frozen server never confirms the end, so this does not wait for it.
    void client.end().catch(() => undefined);
  }
}
