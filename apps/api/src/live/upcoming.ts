import type { HotKey } from '@pilotlight/cache-core';
import type { LiveSection } from '@pilotlight/contracts';
import { RECIPES } from '@pilotlight/recipes';
import type { Deps } from '../deps.ts';
import { ifUnreachable, rounded } from '../explain-key.ts';

type Upcoming = LiveSection<'upcoming'>['prefixes'][string];

const PREFIXES: readonly string[] = Object.values(RECIPES).map(({ prefix }) => prefix);

/** Returns what happens next to the answer of each prefix that saves most load time. */
export async function upcomingOf({ cache }: Pick<Deps, 'cache'>): Promise<LiveSection<'upcoming'>> {
  const { follower } = cache.internal.engine;
  const prefixes = await Promise.all(
    PREFIXES.map(async (prefix): Promise<[string, Upcoming]> => {
      const [hottest] = (await cache.hotKeys(1, [prefix]).catch(ifUnreachable)) ?? [];
      return [prefix, hottest === undefined ? null : await nextOf(cache, hottest)];
    }),
  );
  const { epoch, asOf } = follower.stamp;
  return { log: { epoch, applied: asOf, state: follower.state }, prefixes: Object.fromEntries(prefixes) };
}

async function nextOf(cache: Deps['cache'], { key, loadMs }: HotKey): Promise<Upcoming> {
  const [freshForMs, seen] = await Promise.all([cache.freshForMs([key]).catch(ifUnreachable), cache.inspect(key)]);
  const shared = typeof seen.shared === 'string' ? null : seen.shared;
  const servable = [seen.memory, shared].find((entry) => entry?.state === 'fresh' || entry?.state === 'stale');
  const last = seen.log.matching.toSorted((a, b) => b.position - a.position)[0];
  return {
    age_ms: servable == null ? null : Math.max(0, Date.now() - servable.loadedAt),
    load_ms: rounded(loadMs),
    fresh_for_ms: freshForMs === null ? null : rounded(freshForMs[0] ?? 0),
    loading: seen.loading === 'this process' || seen.loading === 'another process',
    last_invalidation: last === undefined ? null : { selector: last.selector, position: last.position },
  };
}
