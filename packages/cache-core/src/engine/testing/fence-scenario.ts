import type { CacheManager } from '../../cache-manager.ts';
import type { Answer } from '../../model/answer.ts';
import { buildKey, type CacheKey } from '../../model/key.ts';
import { resolvePolicy } from '../../model/policy.ts';
import { SlowOrigin } from '../../testing/slow-origin.ts';

/** Two processes' caches on the same servers. */
export interface FenceProcesses {
  readonly a: CacheManager;
  readonly b: CacheManager;
  /** Waits for a promise; under a manual clock, moves time on until it has settled. */
  through<Result>(promise: Promise<Result>): Promise<Result>;
  /** Waits until a state has come about that needs no time to pass. */
  until(state: () => boolean): Promise<void>;
}

/** When, in the life of a load, the invalidation of another process comes. */
export const MOMENTS = ['before the load reads the origin', 'after it has read the origin', 'after its store'] as const;
export type Moment = (typeof MOMENTS)[number];

/** The answers of the readers on both processes that came after the acknowledgement. */
export interface FenceStory {
  readonly whileLoading: readonly unknown[];
  readonly afterwards: readonly unknown[];
}

/**
 * Process A loads, slowly; the value changes and B invalidates, acknowledged, at the given moment; then others read,
 * while the load is still under way and after it has landed.
 */
export async function overtake(
  { a, b, through, until }: FenceProcesses,
  moment: Moment,
  how: { tag?: string; name?: string } = {},
): Promise<FenceStory> {
  const origin = new SlowOrigin();
  if (how.tag !== undefined) origin.tags = [how.tag];
  const key = buildKey({ prefix: 'files', name: how.name ?? 'list', params: moment });
  const invalidate = async () => {
    origin.value = 'new';
    const receipt = await through(b.invalidate(how.tag === undefined ? { prefix: 'files' } : { tag: how.tag }));
    if (receipt.state !== 'applied') throw new Error('expected the invalidation to be acknowledged, it is pending');
    origin.hurry();
  };
  const readOn = async (cache: CacheManager) => bodyOf(await through(read(cache, key, origin)));

  const first = read(a, key, origin);
  await until(() => origin.isWaitingAt('before'));
  if (moment === MOMENTS[0]) await invalidate();
  origin.open('before');
  await until(() => origin.isWaitingAt('after'));
  if (moment === MOMENTS[1]) await invalidate();
  const whileLoading = moment === MOMENTS[2] ? [] : [readOn(a), readOn(b)];
  origin.open('after');
  await through(first);
  if (moment === MOMENTS[2]) {
    origin.hurry(); // under load B may find no answer in the shared tier in time, and then loads for itself
    await readOn(b);
    await invalidate();
  }
  return {
    whileLoading: await Promise.all(whileLoading),
    afterwards: [await readOn(a), await readOn(b), await readOn(a)],
  };
}

export function read(cache: CacheManager, key: CacheKey, origin: SlowOrigin): Promise<Answer> {
  return cache.internal.reader.read(key, origin.load, resolvePolicy(), null);
}

export function bodyOf({ cached }: Answer): unknown {
  return JSON.parse(cached.body.toString());
}
