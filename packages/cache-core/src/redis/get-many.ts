import calculateSlot from 'cluster-key-slot';
import { Cluster } from 'ioredis';
import { Unreachable } from '../errors.ts';
import { chunks } from './chunks.ts';
import { masterOf, type RedisClient } from './open-redis.ts';
import type { ServerGuard } from './server-guard.ts';

/** Keys of one MGET, during which the server answers nobody else. */
const MOST_AT_ONCE = 1_000;

type Found = readonly (readonly [key: string, bytes: Buffer | null])[];

/** What is under each key, in their order: one round trip to each master that has some of them, all at the same time. */
export async function getManyFrom(
  client: RedisClient,
  guard: ServerGuard,
  keys: readonly string[],
): Promise<(Buffer | null)[]> {
  if (keys.length === 0) return [];
  const ofMaster = Map.groupBy(new Set(keys), (key) => masterOf(client, key));
  const asked = [...ofMaster].map(([master, its]) =>
    guard.runOn(master, () => (client instanceof Cluster ? fromMaster(client, its) : fromServer(client, its))),
  );
  const answers = await Promise.allSettled(asked);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed && (found.length === 0 || !(failed.reason instanceof Unreachable))) throw failed.reason;
  const bytes = new Map(found.flat());
  return keys.map((key) => bytes.get(key) ?? null);
}

async function fromServer(client: Exclude<RedisClient, Cluster>, keys: readonly string[]): Promise<Found> {
  const answers = await Promise.all(chunks(keys, MOST_AT_ONCE).map((some) => client.mgetBuffer(...some)));
  return pairUp(keys, answers.flat());
}

/** A command takes keys of one slot only; the commands of one master go out together. */
async function fromMaster(client: Cluster, keys: readonly string[]): Promise<Found> {
  const ofSlot = [...Map.groupBy(keys, (key) => calculateSlot(key)).values()];
  const batch = client.pipeline();
  for (const its of ofSlot) batch.mgetBuffer(...its);
  const answers = (await batch.exec()) ?? [];
  return ofSlot.flatMap((its, i) => {
    const [error, bytes] = answers[i] ?? [new Error('a reply is missing')];
    if (error) throw error;
    return pairUp(its, bytes as (Buffer | null)[]);
  });
}

function pairUp(keys: readonly string[], bytes: readonly (Buffer | null)[]): Found {
  return keys.map((key, i) => [key, bytes[i] ?? null] as const);
}
