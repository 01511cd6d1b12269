import { ifUnreachable } from '../errors.ts';
import { withDeadline } from './deadline.ts';
import { mastersOf, type RedisClient } from './open-redis.ts';

/** Milliseconds until the last master has answered; null when one of them did not. */
export async function pingAll(client: RedisClient, withinMs: number): Promise<number | null> {
  if (client.status !== 'ready') return null;
  const began = performance.now();
  const ping = () => Promise.all(mastersOf(client).map((master) => master.ping()));
  return withDeadline('ping', withinMs, ping).then(() => performance.now() - began, ifUnreachable(null));
}
