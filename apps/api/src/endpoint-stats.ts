import type { CacheStats, PrefixStats } from '@pilotlight/cache-core';
import type { FreshTime } from '@pilotlight/contracts';
import { RECIPES } from '@pilotlight/recipes';

/** Returns the stats of each endpoint with its fresh time: the time in force, the time that was learned, and the reason. */
export function endpointStats({
  endpoints,
}: Pick<CacheStats, 'endpoints'>): Record<string, PrefixStats & { fresh?: FreshTime }> {
  return Object.fromEntries(
    Object.entries(endpoints).map(([prefix, stats]) => {
      const recipe = Object.values(RECIPES).find((one) => one.prefix === prefix);
      return [prefix, recipe === undefined ? stats : { ...stats, fresh: freshTime(recipe.timeout * 1_000, stats) }];
    }),
  );
}

function freshTime(routeMs: number, { learned }: PrefixStats): FreshTime {
  const route = `the route keeps its answers for ${routeMs / 1_000} s`;
  if (learned === undefined) {
    const why = `${route}; this process has not loaded the endpoint yet, so it has learned nothing`;
    return { fresh_ms: routeMs, chosen_by: 'route', advised_ms: null, why };
  }
  const advised_ms = learned.fresh_ms.new_key;
  if (learned.mode === 'on') return { fresh_ms: advised_ms, chosen_by: 'learned', advised_ms, why: learned.why };
  return { fresh_ms: routeMs, chosen_by: 'route', advised_ms, why: `${route}; advice: ${learned.why}` };
}
