import type { RequestHandler } from 'express';

/**
 * Tells a client that waits for it (`Expect: 100-continue`) to send the body. It stands after whatever may refuse the
 * request, so that nobody sends a file in order to be told no.
 */
export const sayContinue: RequestHandler = (request, response, next) => {
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
  next();
};
