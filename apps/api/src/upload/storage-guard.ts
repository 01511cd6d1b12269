import { OriginFull } from '@pilotlight/origin';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { InsufficientStorage } from '../errors.ts';
import type { LineSource } from '../ingest/line-metrics.ts';
import { FreeSpace } from './free-space.ts';

/** Refuses uploads with 507 before the database runs out of space. Counts the bytes that the client announces. */
export function refuseWhenFull(
  { origin, logger, lineCounts }: Pick<Deps, 'origin' | 'logger' | 'lineCounts'>,
  source: LineSource | 'upload',
): RequestHandler {
  const onUnmeasured = () => lineCounts.spaceUnmeasured(source);
  const space = new FreeSpace({ storage: origin.storage, logger, onUnmeasured });
  let isFull = false;
  return async (request, _response, next) => {
    const announced = Number(request.headers['content-length'] ?? 0);
    const problem = await space.problem(announced);
    if (isFull !== (problem !== null)) {
      isFull = problem !== null;
      if (problem === null) logger.info('there is space for uploads again');
      else logger.warn(`refusing an upload: ${problem.reason}`);
    }
    if (problem !== null) throw new InsufficientStorage('STORAGE_FULL', `${problem.reason}; the upload was discarded`);
    next();
  };
}

/** Resolves with an upload. If the disk of the database filled up meanwhile, the answer is 507 instead of 503. */
export async function orStorageFull<T>(upload: Promise<T>): Promise<T> {
  try {
    return await upload;
  } catch (error) {
    throw error instanceof OriginFull ? new InsufficientStorage('STORAGE_FULL', error.message) : error;
  }
}
