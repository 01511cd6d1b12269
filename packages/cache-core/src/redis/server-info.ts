import { ifUnreachable } from '../model/errors.ts';
import { withDeadline } from './deadlines.ts';
import { mastersOf, type RedisClient } from './open-redis.ts';

/**
 * The cache server's own statistics (in a Cluster: the sums of its masters), as `cache/stats` shows them; each null if
 * the server is unreachable.
 */
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

export async function serverInfo(client: RedisClient, withinMs: number): Promise<RedisInfo> {
  if (client.status !== 'ready') return UNKNOWN;
  const texts = await withDeadline('the cache server', withinMs, () =>
    Promise.all(mastersOf(client).map((master) => master.info())),
  ).catch(ifUnreachable(null));
  if (texts === null) return UNKNOWN;
  const sum = (name: string) => texts.reduce((total, text) => total + Number(figureOf(text, name)), 0);
  const hits = sum('keyspace_hits');
  const misses = sum('keyspace_misses');
  const [text = ''] = texts;
  return {
    total_connections_received: sum('total_connections_received'),
    total_commands_processed: sum('total_commands_processed'),
    keyspace_hits: hits,
    keyspace_misses: misses,
    redis_hit_rate_percent: hits + misses === 0 ? 0 : Math.round((hits / (hits + misses)) * 10_000) / 100,
    used_memory_human: texts.length === 1 ? figureOf(text, 'used_memory_human') : humanBytes(sum('used_memory')),
  };
}

/** Returns a field of the answer to INFO; empty if the answer lacks it. */
export function figureOf(text: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? '';
}

/** Formats bytes as Redis does: `1.23M`. */
function humanBytes(bytes: number): string {
  const units = ['B', 'K', 'M', 'G'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return power === 0 ? `${bytes}B` : `${(bytes / 1_024 ** power).toFixed(2)}${units[power]}`;
}
