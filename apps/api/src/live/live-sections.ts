import type { LiveSection, SampledSectionName } from '@pilotlight/contracts';
import type { Deps } from '../deps.ts';
import { endpointStats } from '../endpoint-stats.ts';
import { findingsOf } from './findings.ts';
import { LiveState } from './live-state.ts';
import { processesOf } from './processes.ts';
import { queuesOf } from './queues.ts';
import { readinessOf } from './readiness-report.ts';
import { upcomingOf } from './upcoming.ts';

type Parts = Omit<Deps, 'live'>;

/**
 * How each section of the live state is sampled. To add one, add its schema to `sampledSectionSchemas` and its name to `liveStateAnswerSchema`
 * (`packages/contracts/src/live.ts`), and its sample here. Every caller with the role `read` may see it.
 */
const SECTIONS: {
  readonly [Name in SampledSectionName]: (parts: Parts) => Promise<LiveSection<Name>>;
} = {
  health: async (parts) => readinessOf(parts, await parts.probes.get()),
  cache: async ({ cache }) => {
    const stats = await cache.getStats();
    const { hits, misses, total_requests, hit_rate_percent } = stats;
    return { cache_stats: { hits, misses, total_requests, hit_rate_percent }, endpoints: endpointStats(stats) };
  },
  upcoming: upcomingOf,
  demo: async ({ demo }) => ({ on: demo !== null, reads: demo?.reads ?? 0 }),
  processes: processesOf,
  queues: queuesOf,
  findings: findingsOf,
};

export function createLive(parts: Parts): LiveState {
  const names = Object.keys(SECTIONS) as SampledSectionName[];
  return new LiveState({
    sections: Object.fromEntries(names.map((name) => [name, () => SECTIONS[name](parts)])) as Record<
      SampledSectionName,
      () => Promise<object>
    >,
    onError: (error, section) =>
      parts.logger.warn({ err: error }, `could not sample the section ${section} of the live state`),
  });
}
