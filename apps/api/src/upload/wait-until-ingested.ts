import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFileDetail } from '@pilotlight/contracts';
import { type Origin, OriginUnavailable } from '@pilotlight/origin';
import type { Request } from 'express';

const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 200;

/** What the event of an indexed file may invalidate, whatever its records are. */
export const INDEXED = [{ prefix: 'files' }, { prefix: 'stats' }, { prefix: 'search' }] as const;

/**
 * Waits until a file's ingest has ended and every process has applied its invalidation. Returns the file, or null if the time
 * ran out, the file was deleted, the client disconnected or the process shuts down. The file is stored, so none of these is an error.
 */
export async function waitUntilIngested(
  { origin, stopping }: { origin: Origin; stopping: AbortController },
  fileId: string,
  { waitMs, request }: { waitMs: number; request: Request },
): Promise<LogFileDetail | null> {
  const gone = new AbortController();
  const hangUp = () => gone.abort();
  request.socket.once('close', hangUp);
  const signal = AbortSignal.any([gone.signal, stopping.signal, AbortSignal.timeout(waitMs)]);
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, MAX_PAUSE_MS)) {
      const file = await look(origin, fileId);
      if (file === null) return null;
      if (file !== 'unknown' && isSettled(file)) return file;
      await sleep(pauseMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    request.socket.off('close', hangUp);
  }
}

/** Returns the file, null if it does not exist, or `unknown` if it is the open file of a stream or the database is unreachable. */
async function look(origin: Origin, fileId: string): Promise<LogFileDetail | null | 'unknown'> {
  try {
    const file = await origin.files.get(fileId);
    if (file !== null) return file;
    if (await origin.streams.isOpen(fileId)) return 'unknown';
    // It may have been rolled between the two questions.
    return await origin.files.get(fileId);
  } catch (error) {
    if (error instanceof OriginUnavailable) return 'unknown';
    throw error;
  }
}

function isSettled({ status, invalidation }: LogFileDetail): boolean {
  return (status === 'indexed' || status === 'failed') && invalidation.state === 'applied';
}
