import { CacheManager } from '../../cache-manager.ts';
import type { LoadContext } from '../../engine/load-context.ts';
import type { Policy } from '../../model/policy.ts';
import { singleProcess } from '../../single-process/single-process.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import type { ChangingAnswers } from './changing-answers.ts';

/** The requests of a replay: keys, and instants in ms, in order. */
export interface Request {
  readonly key: string;
  readonly at: number;
}

/** The result of a replay. */
export interface Replayed {
  readonly reads: number;
  readonly loads: number;
  /** The number of reads that returned data that had changed since its load. */
  readonly stale: number;
  /** The sum over these reads of the time since the first change that their answer does not have, in ms. */
  readonly wrongForMs: number;
  readonly cache: CacheManager;
}

export interface ReplayOptions {
  readonly world: ChangingAnswers;
  readonly policy: Policy;
  readonly seed: number;
  /** Returns the kind that a load names, or null for none. */
  readonly kindOf?: ((key: string) => string) | null;
  /** Changes with an invalidation: their instants in ms, in order, and the tag that each invalidates. Defaults to none. */
  readonly announced?: { readonly at: Iterator<number>; readonly tag: string; hits(key: string): boolean };
  /** Called for each read with its answer. */
  readonly onRead?: (read: { key: string; at: number; stale: boolean; loaded: boolean; cache: CacheManager }) => void;
}

/** Answers all requests with the real engine, in one process, on a clock that advances from one request to the next. */
export async function replay(requests: Iterable<Request>, options: ReplayOptions): Promise<Replayed> {
  const { world, policy, seed, kindOf, announced, onRead } = options;
  const clock = new ManualClock();
  const random = new SeededRandom(seed);
  const ports = singleProcess(clock);
  const cache = new CacheManager({ ports, clock, lease: '1h', memoryBytes: 1 << 28, random: random.next });
  // Starts only the follower: the reports of `start`, four a second, would dominate a replay of hours.
  cache.internal.engine.follower.start();
  await clock.through(cache.internal.engine.follower.renew());
  const startedAt = clock.monotonic();
  const now = () => clock.monotonic() - startedAt;
  let [reads, loads, stale, wrongForMs] = [0, 0, 0, 0];
  let announcedAt = nextOf(announced?.at);
  for (const { key, at } of requests) {
    for (; announced && announcedAt <= at; announcedAt = nextOf(announced.at)) {
      if (announcedAt > now()) await clock.run(announcedAt - now());
      await clock.through(cache.invalidate({ tag: announced.tag }));
    }
    if (at > now()) await clock.run(at - now());
    const loadsBefore = loads;
    const load = (context: LoadContext) => {
      loads++;
      if (kindOf) context.kind(kindOf(key));
      if (announced?.hits(key)) context.tag(announced.tag);
      return { version: world.version(key, now()) };
    };
    const { version } = await cache.getOrLoad(key, load, policy);
    const wrongMs = world.wrongForMs(key, version, now());
    const isStale = wrongMs > 0;
    wrongForMs += wrongMs;
    reads++;
    if (isStale) stale++;
    onRead?.({ key, at, stale: isStale, loaded: loads > loadsBefore, cache });
  }
  await clock.through(cache.close());
  return { reads, loads, stale, wrongForMs, cache };
}

function nextOf(instants: Iterator<number> | undefined): number {
  const next = instants?.next();
  return next === undefined || next.done ? Number.POSITIVE_INFINITY : next.value;
}

/** Requests at random instants with the given mean interval in ms. */
export function* atRandom(keys: readonly string[], everyMs: number, seed: number): Generator<Request> {
  const random = new SeededRandom(seed);
  let at = 0;
  for (const key of keys) {
    at += -Math.log(1 - random.next()) * everyMs;
    yield { key, at };
  }
}
