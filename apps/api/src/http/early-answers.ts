import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from '../errors.ts';
import type { OnAnswered } from './answered.ts';
import { sendProblem } from './problem.ts';
import { identify, REQUEST_ID } from './request-id.ts';
import { pathOf } from './request-target.ts';

/**
 * Answers a request that the server itself refuses, and reports the answer unless Express, which has the request already, reports it. A
 * route that still reads the body gets `error`: Node does not abort a request that has its answer.
 */
export function answerEarly(
  response: ServerResponse<IncomingMessage>,
  error: ApiError,
  onAnswered: OnAnswered,
  beganAt = performance.now(),
): void {
  const { req: request } = response;
  response.once('close', () => {
    if (!request.complete) request.destroy(error);
  });
  if (request.id === undefined) {
    const requestId = identify(request);
    response.setHeader(REQUEST_ID, requestId);
    response.once('close', () =>
      onAnswered({
        ...refused(error, requestId, beganAt),
        method: request.method ?? '',
        path: pathOf(request.url ?? ''),
        isCutOff: !response.writableFinished,
      }),
    );
  }
  sendProblem(response, error);
}

/** Method and path of a request that cannot be read. */
const UNREADABLE = '(unreadable)';

/** Reports the answer to bytes that are not a request. */
export function reportUnreadable(error: ApiError, requestId: string, onAnswered: OnAnswered): void {
  onAnswered({
    ...refused(error, requestId, performance.now()),
    method: UNREADABLE,
    path: UNREADABLE,
    isCutOff: false,
  });
}

function refused({ status }: ApiError, requestId: string, beganAt: number) {
  return {
    route: null,
    status,
    outcome: null,
    tier: null,
    durationMs: performance.now() - beganAt,
    bytes: 0,
    requestId,
    way: 'server',
  } as const;
}
