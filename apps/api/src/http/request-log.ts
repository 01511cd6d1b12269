import type { Logger } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';

/** One debug line per answered request. Queries and bodies stay out of it: they may hold what people search for. */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    if (!logger.isLevelEnabled('debug')) return next();
    const beganAt = performance.now();
    const { method, path } = request;
    response.once('close', () => {
      const how = response.writableFinished ? String(response.statusCode) : 'cut off';
      logger.debug(`${method} ${path} ${how} ${(performance.now() - beganAt).toFixed(1)} ms`);
    });
    next();
  };
}
