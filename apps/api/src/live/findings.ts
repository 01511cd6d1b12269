import type { LiveSection } from '@pilotlight/contracts';
import type { Deps } from '../deps.ts';

const MAX_FINDINGS = 20;

/** Returns the latest stale answers that auditors found. */
export async function findingsOf({
  findings,
  queueConnection,
}: Pick<Deps, 'findings' | 'queueConnection'>): Promise<LiveSection<'findings'>> {
  if (queueConnection.status !== 'ready') return { findings: null };
  return { findings: [...(await findings.latest(MAX_FINDINGS))] };
}
