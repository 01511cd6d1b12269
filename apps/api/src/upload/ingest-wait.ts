import type { Origin } from '@pilotlight/origin';
import type { Logger, Queues } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';
import { z } from 'zod';

/** If the queue server does not answer, only the events in the outbox are considered. */
const ASK_QUEUE_WITHIN_MS = 250;
const EVENT_ID_LENGTH = 36;

/**
 * Returns how long, in ms, the oldest file has waited for a worker: the file of the job at the head of the queue, or of an event
 * that the relay has not handed over yet, or the open file of a stream since it is due. Uses the database's clock only, so the clocks of the machines need not agree.
 */
export async function ingestWaitMs({
  origin,
  queues,
  logger,
}: {
  origin: Pick<Origin, 'outbox' | 'streams'>;
  queues: Pick<Queues, 'of'>;
  logger: Logger;
}): Promise<number> {
  const [fileMs, openFileMs] = await Promise.all([
    origin.outbox.waitingMs(await headOfQueue(queues, logger)),
    origin.streams.overdueMs(),
  ]);
  return Math.max(fileMs, openFileMs);
}

/** The number of jobs at the head of the queue that are examined: deferred jobs of long files may precede the next new one. */
const HEAD_JOBS = 10;

/**
 * Returns the event id of the next ingest job that no worker has started, or null if there is none or the queue server does not
 * answer.
 */
async function headOfQueue(queues: Pick<Queues, 'of'>, logger: Logger): Promise<string | null> {
  const asking = queues.of('ingest').getWaiting(0, HEAD_JOBS - 1);
  try {
    const jobs = await pTimeout(asking, { milliseconds: ASK_QUEUE_WITHIN_MS, fallback: () => [] });
    const job = jobs.find(({ attemptsStarted }) => attemptsStarted === 0);
    return z.uuid().safeParse(job?.id?.slice(0, EVENT_ID_LENGTH)).data ?? null;
  } catch (error) {
    logger.debug({ err: error }, 'could not read the head of the ingest queue');
    return null;
  }
}
