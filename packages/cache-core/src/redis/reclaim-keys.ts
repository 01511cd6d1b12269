import calculateSlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import type { Stamp } from '../model/entry.ts';
import type { RedisClient } from './open-redis.ts';
import type { Script } from './script.ts';

/** Removes those of a master's keys whose entries were loaded before the stamp. Returns the number of removed keys. */
export async function reclaimKeys(
  script: Script,
  client: RedisClient,
  master: Redis,
  keys: readonly string[],
  { epoch, asOf }: Stamp,
): Promise<number> {
  if (!(client instanceof Cluster)) return Number(await script.run(master, keys, [epoch, asOf]));
  try {
    // A node lets a script access all of its keys if the call does not name them: more than twice as fast.
    return Number(await script.run(master, [], [epoch, asOf, ...keys]));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ReplyError')) throw error;
    // The node refuses that, or some keys are moving to another node: named keys have to be of one slot per call. Keys
    // that are unreachable now expire by their time to live.
    const bySlot = [...Map.groupBy(keys, (key) => calculateSlot(key)).values()];
    const answers = await script.runMany(master, bySlot, [epoch, asOf]);
    return answers.reduce<number>((sum, answer) => sum + (typeof answer === 'number' ? answer : 0), 0);
  }
}
