import { Unreachable } from '../errors.ts';
import { type AskedMaster, askMasters } from './ask-masters.ts';
import { chunks } from './chunks.ts';
import type { RedisClient } from './open-redis.ts';
import type { ServerGuard } from './server-guard.ts';

/** Keys asked for at a time: what a server answers well within the time of one command. */
const MOST_AT_ONCE = 1_000;

/**
 * What is under each key, in their order. Keys of a master that gives no answer are null, like those that are not there; if
 * none does, it rejects.
 */
export async function getManyFrom(
  client: RedisClient,
  guard: ServerGuard,
  keys: readonly string[],
): Promise<(Buffer | null)[]> {
  const found = new Map<string, Buffer | null>();
  let missed: unknown = null;
  // One lot after the other: each has the time of a command.
  for (const some of chunks([...new Set(keys)], MOST_AT_ONCE)) {
    const failures = await Promise.all(askMasters(client, guard, some).map((asked) => into(found, asked)));
    missed ??= failures.find((failure) => failure !== null) ?? null;
  }
  if (missed !== null && found.size === 0) throw missed;
  return keys.map((key) => found.get(key) ?? null);
}

/** Answers why there is nothing to add. */
async function into(found: Map<string, Buffer | null>, { keys, answer }: AskedMaster): Promise<Unreachable | null> {
  try {
    let failure: Unreachable | null = null;
    for (const [i, bytes] of (await answer).entries()) {
      const key = keys[i] ?? '';
      if (bytes instanceof Unreachable) failure = bytes;
      else found.set(key, bytes);
    }
    return failure;
  } catch (error) {
    if (error instanceof Unreachable) return error;
    throw error;
  }
}
