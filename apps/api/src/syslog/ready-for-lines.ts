import { InsufficientStorage } from '../errors.ts';
import type { Migrations } from '../migrations.ts';
import type { BackPressure } from '../upload/back-pressure.ts';
import type { FreeSpace } from '../upload/free-space.ts';

interface Parts {
  readonly migrations: Pick<Migrations, 'ready'>;
  readonly pressure: Pick<BackPressure, 'admit'>;
  readonly space: Pick<FreeSpace, 'problem'>;
}

/** Rejects while lines must not be stored: the tables are not current, workers are too far behind, or there is no space. */
export async function readyForLines({ migrations, pressure, space }: Parts): Promise<void> {
  await migrations.ready();
  await pressure.admit();
  const problem = await space.problem(0);
  if (problem !== null) throw new InsufficientStorage('STORAGE_FULL', problem.reason);
}
