import { OriginUnavailable } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';

/** Logs why a look failed: at debug if the origin is unavailable, because the next look may succeed; as an error if it is a bug. */
export function logFailedLook(logger: Logger, error: unknown, message: string): void {
  if (error instanceof OriginUnavailable) logger.debug({ err: error }, message);
  else logger.error({ err: error }, message);
}
