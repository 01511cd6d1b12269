import type { Logger } from '@pilotlight/runtime';
import type { Request, RequestHandler, Response } from 'express';
import { pinoHttp, startTime } from 'pino-http';

/**
 * Logs one debug line per request once it is answered, e.g. `GET /api/stats 200 1 ms`, with the fields `request_id`, `method`,
 * `path`, `status` and `duration_ms`. The line says `cut off` if the connection closed before the whole answer was sent.
 * Query and body are not logged, because they may hold personal data.
 */
export function requestLog(logger: Logger): RequestHandler {
  const log = pinoHttp<Request, Response>({
    logger,
    useLevel: 'debug',
    // Without these, pino-http logs all headers of request and response, `Authorization` among them.
    quietReqLogger: true,
    quietResLogger: true,
    customAttributeKeys: { reqId: 'request_id' },
    customSuccessMessage: message,
    customErrorMessage: message,
    customSuccessObject: fields,
    customErrorObject: fields,
  });
  // pino-http creates two loggers per request whatever the level; hits that are not logged do not pay for them.
  return (request, response, next) => (logger.isLevelEnabled('debug') ? log(request, response, next) : next());
}

function message(request: Request, response: Response): string {
  const { method, path, status, duration_ms } = fields(request, response);
  return `${method} ${path} ${response.writableFinished ? status : 'cut off'} ${duration_ms} ms`;
}

function fields({ method, baseUrl, path }: Request, response: Response) {
  const { statusCode: status } = response;
  return { method, path: baseUrl + path, status, duration_ms: Date.now() - response[startTime] };
}
