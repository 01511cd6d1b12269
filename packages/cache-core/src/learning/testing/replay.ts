import { CacheManager } from '../../cache-manager.ts';
import type { LoadContext } from '../../engine/load-context.ts';
import type { Policy } from '../../policy.ts';
import { singleProcess } from '../../single-process.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { SeededRandom } from '../../testing/simulation/seeded-random.ts';
import type { ChangingWorld } from './changing-world.ts';

/** Who asks for what, and when: instants in milliseconds, in their order. */
export interface Request {
  readonly key: string;
  readonly at: number;
}

/** What a replay came to. */
export interface Replayed {
  readonly reads: number;
  readonly loads: number;
  /** Reads that were given something that had changed since it was loaded. */
  readonly outdated: number;
  readonly cache: CacheManager;
}

export interface ReplayOptions {
  readonly world: ChangingWorld;
  readonly policy: Policy;
  readonly seed: number;
  /** What kind of answer a load says that it is; null: it says none. */
  readonly kindOf?: ((key: string) => string) | null;
  /** Told of each read, as it was answered. */
  readonly onRead?: (read: {
    key: string;
    at: number;
    outdated: boolean;
    loaded: boolean;
    cache: CacheManager;
  }) => void;
}

/** Answers all requests by the real engine, in one process, on a clock that is moved from one to the next. */
export async function replay(requests: Iterable<Request>, options: ReplayOptions): Promise<Replayed> {
  const { world, policy, seed, kindOf, onRead } = options;
  const clock = new ManualClock();
  const random = new SeededRandom(seed);
  const ports = singleProcess(clock);
  const cache = new CacheManager({ ports, clock, lease: '1h', memoryBytes: 1 << 28, random: random.next });
  // Only the follower: the reports that `start` would begin, four a second, take most of the time of a replay of hours.
  cache.internal.engine.follower.start();
  await clock.through(cache.internal.engine.follower.renew());
  const startedAt = clock.monotonic();
  const now = () => clock.monotonic() - startedAt;
  let [reads, loads, outdated] = [0, 0, 0];
  for (const { key, at } of requests) {
    if (at > now()) await clock.run(at - now());
    const loadsBefore = loads;
    const load = (context: LoadContext) => {
      loads++;
      if (kindOf) context.kind(kindOf(key));
      return { version: world.version(key, now()) };
    };
    const { version } = await cache.getOrLoad(key, load, policy);
    const isOutdated = version !== world.version(key, now());
    reads++;
    if (isOutdated) outdated++;
    onRead?.({ key, at, outdated: isOutdated, loaded: loads > loadsBefore, cache });
  }
  await clock.through(cache.close());
  return { reads, loads, outdated, cache };
}

/** Requests that come at random instants, on average one in so many milliseconds. */
export function* atRandom(keys: readonly string[], everyMs: number, seed: number): Generator<Request> {
  const random = new SeededRandom(seed);
  let at = 0;
  for (const key of keys) {
    at += -Math.log(1 - random.next()) * everyMs;
    yield { key, at };
  }
}
