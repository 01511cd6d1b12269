import { useLive } from '../live/live.ts';
import { type Fault, faultsOf } from './faults.ts';

/** Returns everything that is wrong, with the time of the latest sample; null before the first sample. */
export function useFaults(): { readonly at: number; readonly faults: readonly Fault[] } | null {
  const health = useLive('health');
  const cache = useLive('cache');
  const processes = useLive('processes');
  const queues = useLive('queues');
  const findings = useLive('findings');
  if (health === null || cache === null) return null;
  const at = Math.max(health.at, cache.at, processes?.at ?? 0, queues?.at ?? 0);
  const faults = faultsOf({
    at,
    health: health.data,
    endpoints: cache.data.endpoints,
    processes: processes?.data.processes ?? null,
    queues: queues?.data ?? null,
    findings: findings?.data.findings ?? null,
  });
  return { at, faults };
}
