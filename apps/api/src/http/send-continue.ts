import type { RequestHandler } from 'express';

/**
 * Sends `100 Continue` to a client that expects it before it sends the body. Register it after all middleware that may refuse
 * the request, so that no client sends a file that is refused anyway.
 */
export const sendContinue: RequestHandler = (request, response, next) => {
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
  next();
};
