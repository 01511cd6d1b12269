import type { LiveSection, LiveSectionName } from '@pilotlight/contracts';
import type { Deps } from '../deps.ts';
import { endpointStats } from '../endpoint-stats.ts';
import { readinessOf } from './readiness-report.ts';
import { upcomingOf } from './upcoming.ts';

type Parts = Omit<Deps, 'live'>;

/**
 * How each section of the live state is sampled. To add one, add its schema to `liveSectionSchemas` and its name to `liveStateAnswerSchema`
 * (`packages/contracts/src/live.ts`), and its sample here. Every caller with the role `read` may see it.
 */
export const SECTIONS: {
  readonly [Name in LiveSectionName]: (parts: Parts) => Promise<LiveSection<Name>>;
} = {
  health: async (parts) => readinessOf(parts, await parts.probes.get()),
  cache: async ({ cache }) => {
    const stats = await cache.getStats();
    const { hits, misses, total_requests, hit_rate_percent } = stats;
    return { cache_stats: { hits, misses, total_requests, hit_rate_percent }, endpoints: endpointStats(stats) };
  },
  upcoming: upcomingOf,
  demo: async ({ demo }) => ({ on: demo !== null, reads: demo?.reads ?? 0 }),
};
