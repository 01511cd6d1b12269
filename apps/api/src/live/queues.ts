import { type LiveSection, QUEUES } from '@pilotlight/contracts';
import { OriginUnavailable } from '@pilotlight/origin';
import { countsOf, listQuarantined } from '@pilotlight/runtime';
import type { Deps } from '../deps.ts';

type Parts = Pick<Deps, 'origin' | 'queues' | 'queueConnection' | 'migrations'>;
type Section = LiveSection<'queues'>;

/** The numbers of quarantined jobs and of failed files that are listed. */
const MAX_JOBS = 20;
const MAX_FILES = 10;

/** Returns the work that waits, in the outbox and in the queues. */
export async function queuesOf(parts: Parts): Promise<Section> {
  const [fromOrigin, queues] = await Promise.all([originOf(parts), jobsOf(parts)]);
  const quarantine = queues === null ? null : await quarantineOf(parts, queues);
  return { ...fromOrigin, queues, quarantine };
}

/** Returns the age of the outbox and the files that failed. */
async function originOf({ origin, migrations }: Parts): Promise<Pick<Section, 'outbox' | 'failed_files'>> {
  if (!migrations.isCurrent) return { outbox: null, failed_files: null };
  try {
    const [waitingMs, failed] = await Promise.all([origin.outbox.waitingMs(null), origin.files.failed(MAX_FILES)]);
    return { outbox: { oldest_at: since(waitingMs) }, failed_files: [...failed] };
  } catch (error) {
    if (error instanceof OriginUnavailable) return { outbox: null, failed_files: null };
    throw error;
  }
}

/** Returns the jobs that failed last. A queue without one is not asked. */
async function quarantineOf(
  { queues }: Parts,
  counts: NonNullable<Section['queues']>,
): Promise<NonNullable<Section['quarantine']>> {
  const names = QUEUES.filter((name) => counts[name].failed > 0);
  const found = await Promise.all(names.map((name) => listQuarantined(queues, name, MAX_JOBS)));
  return found
    .flat()
    .toSorted((a, b) => (a.failed_at < b.failed_at ? 1 : -1))
    .slice(0, MAX_JOBS);
}

async function jobsOf({ queues, queueConnection }: Parts): Promise<Section['queues']> {
  if (queueConnection.status !== 'ready') return null;
  const counted = await Promise.all(
    QUEUES.map(async (name) => {
      const { counts, oldestMs } = await countsOf(queues, name);
      return [name, { ...counts, oldest_at: since(oldestMs) }] as const;
    }),
  );
  return Object.fromEntries(counted) as NonNullable<Section['queues']>;
}

/** Returns the instant `ms` ago in whole seconds, which is the same in each sample; null for 0. */
function since(ms: number): string | null {
  return ms <= 0 ? null : new Date(Math.round((Date.now() - ms) / 1_000) * 1_000).toISOString();
}
