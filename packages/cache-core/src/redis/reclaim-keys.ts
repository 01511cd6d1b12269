import calculateSlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import type { Stamp } from '../entry.ts';
import type { RedisClient } from './open-redis.ts';
import type { Script } from './script.ts';

/** Removes those of a master's keys whose entries were loaded before the stamp. Answers how many. */
export async function reclaimKeys(
  script: Script,
  client: RedisClient,
  master: Redis,
  keys: readonly string[],
  { epoch, asOf }: Stamp,
): Promise<number> {
  // In a Cluster a script takes keys of one slot only.
  const groups = client instanceof Cluster ? [...Map.groupBy(keys, (key) => calculateSlot(key)).values()] : [keys];
  const answers = await script.runMany(master, groups, [epoch, asOf]);
  return answers.reduce<number>((sum, answer) => sum + Number(answer), 0);
}
