import type { LiveSection } from '@pilotlight/contracts';
import type { Deps } from '../deps.ts';

/** Returns every registered process. */
export async function processesOf({
  processes,
  queueConnection,
  logger,
}: Pick<Deps, 'processes' | 'queueConnection' | 'logger'>): Promise<LiveSection<'processes'>> {
  try {
    return { processes: [...(await processes.register.list())] };
  } catch (error) {
    // A refusal or a timeout of the server, which the health names.
    logger.debug({ err: error }, `could not list the processes: the queue connection is ${queueConnection.status}`);
    return { processes: null };
  }
}
