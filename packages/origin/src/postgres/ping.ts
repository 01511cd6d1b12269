import pg from 'pg';
import { OriginUnavailable } from '../errors.ts';
import { asOriginError } from './unavailable.ts';

const PING_TIMEOUT_MS = 1_900;

/** Pings over a new connection, so neither a busy pool nor a half-open connection in it affects the result. */
export async function ping(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'pilotlight ping' });
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new OriginUnavailable(`the database did not answer within ${PING_TIMEOUT_MS} ms`)),
    PING_TIMEOUT_MS,
  );
  // The running call rejects as well.
  client.on('error', () => undefined);
  try {
    await Promise.race([client.connect().then(() => client.query('SELECT 1')), late]);
  } catch (error) {
    throw asOriginError(error);
  } finally {
    clearTimeout(timer);
    // A frozen server never confirms the end, so this does not wait for it.
    void client.end().catch(() => undefined);
  }
}
