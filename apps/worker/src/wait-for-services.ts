import { setTimeout as delay } from 'node:timers/promises';
import { OriginUnavailable } from '@pilotlight/origin';
import { type Config, type Logger, probeWrite, problemOf } from '@pilotlight/runtime';
import type { Deps } from './deps.ts';
import { Outage } from './outage.ts';

const RETRY_MS = 100;
/** A shorter wait is not logged. */
const LOG_AFTER_MS = 1_000;

/**
 * Waits until the queue server accepts writes and the database is migrated. Rejects with an `AbortError` once `signal` is
 * aborted, and with the error of a migration that cannot succeed later.
 */
export async function waitForServices(
  { origin, producer, redis }: Deps,
  { allowUnsafeRedis }: Config,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const queueServer = new Outage(logger, { begun: 'waiting for the queue server', over: 'the queue server answers' });
  const stores = new Outage(logger, {
    begun: 'waiting for the database or the log store',
    over: 'the database and the log store answer',
  });
  const askQueueServer = async () => {
    if (producer.status !== 'ready') throw new Error(problemOf(producer) ?? 'the queue server is unreachable');
    await probeWrite(producer);
    if (redis.unsafe === undefined) throw new Error('the maxmemory-policy of the queue server is not known yet');
    if (redis.unsafe !== null && !allowUnsafeRedis) throw new Error(`the queue server is refused: ${redis.unsafe}`);
  };
  await untilSucceeds(askQueueServer, { outage: queueServer, isTemporary: () => true, signal });
  const isTemporary = (error: unknown) => error instanceof OriginUnavailable;
  await untilSucceeds(() => origin.migrate(), { outage: stores, isTemporary, signal });
}

/** Repeats `work` until it succeeds and reports the wait to `outage`. Rejects with an error that is not temporary. */
async function untilSucceeds(
  work: () => Promise<unknown>,
  options: { outage: Outage; isTemporary: (error: unknown) => boolean; signal: AbortSignal },
): Promise<void> {
  const { outage, isTemporary, signal } = options;
  const beganAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      await work();
      outage.end();
      return;
    } catch (error) {
      if (!isTemporary(error)) throw error;
      if (performance.now() - beganAt > LOG_AFTER_MS) outage.begin(error);
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}
