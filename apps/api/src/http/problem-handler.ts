import type { Logger } from '@pilotlight/runtime';
import type { ErrorRequestHandler } from 'express';
import { BUG, knownAnswer, sendProblem } from './problem.ts';

/** The end of every request that failed. Only bugs are logged as errors: the rest the client is told of. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const where = `${request.method} ${request.path}`;
    // Shutting down, the server has answered for the route that was not done.
    if (response.writableEnded) return void logger.debug({ err: error }, `${where}: already answered`);
    const known = knownAnswer(error);
    if (known === null) logger.error({ err: error }, where);
    else logger.debug(`${where}: ${known.message}`);
    // Express ends the connection: a cut-off answer must not look whole.
    if (response.headersSent) next(error);
    else sendProblem(response, known ?? BUG);
  };
}
