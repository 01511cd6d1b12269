import type { Origin } from '@pilotlight/origin';
import { InsufficientStorage } from '../errors.ts';
import type { Migrations } from '../migrations.ts';
import type { BackPressure } from '../upload/back-pressure.ts';

interface Parts {
  readonly migrations: Pick<Migrations, 'ready'>;
  readonly pressure: Pick<BackPressure, 'admit'>;
  readonly storage: Pick<Origin['storage'], 'problem'>;
}

/** Rejects while lines must not be stored: the tables are not current, workers are too far behind, or there is no space. */
export async function readyForLines({ migrations, pressure, storage }: Parts): Promise<void> {
  await migrations.ready();
  await pressure.admit();
  // Like an upload, lines are not refused because the space cannot be measured.
  const problem = await storage.problem(0).catch(() => null);
  if (problem !== null) throw new InsufficientStorage('STORAGE_FULL', problem.reason);
}
