import type { Origin } from '@pilotlight/origin';
import type { Logger, Queues } from '@pilotlight/runtime';
import { z } from 'zod';

/** A queue server that does not answer says nothing of the files: those that it was not given wait in the outbox. */
const ASK_QUEUE_WITHIN_MS = 250;
const EVENT_ID_LENGTH = 36;

/**
 * How long, in ms, the oldest file has waited for a worker to begin with it: that of the job at the head of the queue, or
 * an event that no worker has handed over. By the database's clock alone, so machines need not agree on the time.
 */
export async function ingestWaitMs({
  origin,
  queues,
  logger,
}: {
  origin: Pick<Origin, 'outbox'>;
  queues: Pick<Queues, 'of'>;
  logger: Logger;
}): Promise<number> {
  return await origin.outbox.waitingMs(await headOfQueue(queues, logger));
}

/** Jobs at the head of the queue that are looked at: those of long files that were put back may be before the next one. */
const HEAD_JOBS = 10;

/**
 * The event of the next ingest job that no worker has begun with; null when none waits, or the queue server does not
 * answer.
 */
async function headOfQueue(queues: Pick<Queues, 'of'>, logger: Logger): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<[]>();
  const timer = setTimeout(() => resolve([]), ASK_QUEUE_WITHIN_MS);
  const asking = queues.of('ingest').getWaiting(0, HEAD_JOBS - 1);
  try {
    const jobs = await Promise.race([asking, late]);
    const job = jobs.find(({ attemptsStarted }) => attemptsStarted === 0);
    return z.uuid().safeParse(job?.id?.slice(0, EVENT_ID_LENGTH)).data ?? null;
  } catch (error) {
    logger.debug({ err: error }, 'the head of the ingest queue is not known');
    return null;
  } finally {
    clearTimeout(timer);
    asking.catch(() => undefined); // told above, or too late to matter
  }
}
