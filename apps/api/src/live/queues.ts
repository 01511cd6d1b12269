import { type LiveSection, QUEUES } from '@pilotlight/contracts';
import { OriginUnavailable } from '@pilotlight/origin';
import { countsOf } from '@pilotlight/runtime';
import type { Deps } from '../deps.ts';

type Parts = Pick<Deps, 'origin' | 'queues' | 'queueConnection' | 'migrations'>;
type Section = LiveSection<'queues'>;

/** Returns the work that waits, in the outbox and in the queues. */
export async function queuesOf(parts: Parts): Promise<Section> {
  const [outbox, queues] = await Promise.all([outboxOf(parts), jobsOf(parts)]);
  return { outbox, queues };
}

async function outboxOf({ origin, migrations }: Parts): Promise<Section['outbox']> {
  if (!migrations.isCurrent) return null;
  try {
    return { oldest_at: since(await origin.outbox.waitingMs(null)) };
  } catch (error) {
    if (error instanceof OriginUnavailable) return null;
    throw error;
  }
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
