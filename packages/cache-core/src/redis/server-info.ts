import type { Redis } from 'ioredis';
import { withDeadline } from './deadline.ts';

/** The cache server's own figures, as `cache/stats` shows them; each null when it can't be reached. */
export type RedisInfo = Readonly<
  Record<
    | 'total_connections_received'
    | 'total_commands_processed'
    | 'keyspace_hits'
    | 'keyspace_misses'
    | 'redis_hit_rate_percent',
    number | null
  > & {
    used_memory_human: string | null;
  }
>;

const UNKNOWN: RedisInfo = {
  total_connections_received: null,
  total_commands_processed: null,
  keyspace_hits: null,
  keyspace_misses: null,
  redis_hit_rate_percent: null,
  used_memory_human: null,
};

export async function serverInfo(client: Redis, withinMs: number): Promise<RedisInfo> {
  if (client.status !== 'ready') return UNKNOWN;
  const text = await withDeadline('the cache server', withinMs, () => client.info()).catch(() => null);
  if (text === null) return UNKNOWN;
  const of = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? '';
  const hits = Number(of('keyspace_hits'));
  const misses = Number(of('keyspace_misses'));
  return {
    total_connections_received: Number(of('total_connections_received')),
    total_commands_processed: Number(of('total_commands_processed')),
    keyspace_hits: hits,
    keyspace_misses: misses,
    redis_hit_rate_percent: hits + misses === 0 ? 0 : Math.round((hits / (hits + misses)) * 10_000) / 100,
    used_memory_human: of('used_memory_human'),
  };
}
