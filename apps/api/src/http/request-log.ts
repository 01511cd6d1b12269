import type { Logger } from '@pilotlight/runtime';
import type { AnsweredRequest, OnAnswered } from './answered.ts';

/**
 * Logs one debug line per request once it is answered, e.g. `GET /api/stats 200 1 ms`, with the fields `request_id`, `method`,
 * `path`, `status`, `duration_ms` and `way` (`fast`, `shed`, `express` or `server`). The line says `cut off` if the connection closed before the whole answer was sent.
 * Query, headers and body are not logged, because they may hold personal data and credentials.
 */
export function requestLog(logger: Logger): OnAnswered {
  return (answered) => {
    if (logger.isLevelEnabled('debug')) logger.debug(fieldsOf(answered), messageOf(answered));
  };
}

function messageOf({ method, path, status, durationMs, isCutOff }: AnsweredRequest): string {
  return `${method} ${path} ${isCutOff ? 'cut off' : status} ${Math.round(durationMs)} ms`;
}

function fieldsOf({ requestId, method, path, status, durationMs, way }: AnsweredRequest): object {
  return { request_id: requestId, method, path, status, duration_ms: Math.round(durationMs), way };
}
