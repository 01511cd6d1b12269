import calculateSlot from 'cluster-key-slot';
import { Cluster } from 'ioredis';
import type { Unreachable } from '../model/errors.ts';
import { unreachableBy } from './error-replies.ts';
import { masterOf, type RedisClient } from './open-redis.ts';
import type { ServerGuard } from './server-guard.ts';

/**
 * The values of some keys, in order. A value is an error if it could not be read, for example because its slot is moving
 * to another master.
 */
type Bytes = readonly (Buffer | null | Unreachable)[];

export interface MasterReply<Asked> {
  readonly asked: readonly Asked[];
  readonly answer: Promise<Bytes>;
}

/** Reads keys in one round trip to each master that holds some of them, concurrently. */
export function mgetByMaster<Asked extends { readonly key: string }>(
  client: RedisClient,
  guard: ServerGuard,
  asked: readonly Asked[],
): MasterReply<Asked>[] {
  if (!(client instanceof Cluster))
    return [{ asked, answer: guard.runOn('', () => client.mgetBuffer(asked.map(({ key }) => key))) }];
  return [...Map.groupBy(asked, ({ key }) => masterOf(client, key))].map(([master, its]) => {
    const ofSlots = [...Map.groupBy(its, ({ key }) => calculateSlot(key)).values()];
    const keys = ofSlots.map((some) => some.map(({ key }) => key));
    return { asked: ofSlots.flat(), answer: guard.runOn(master, () => fromSlots(client, keys, guard.what)) };
  });
}

/** A command accepts keys of one slot only; the commands to one master are pipelined. */
async function fromSlots(client: Cluster, ofSlots: readonly string[][], what: string): Promise<Bytes> {
  const batch = client.pipeline();
  for (const keys of ofSlots) batch.mgetBuffer(...keys);
  const answers = (await batch.exec()) ?? [];
  return ofSlots.flatMap((keys, i): Bytes => {
    const [error, bytes] = answers[i] ?? [new Error('a reply is missing')];
    return error ? keys.map(() => unreachableBy(what, error)) : (bytes as (Buffer | null)[]);
  });
}
