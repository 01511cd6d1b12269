import type { RequestHandler } from 'express';
import { ExpectationFailed } from '../errors.ts';
import type { Check } from './refuse-other-hosts.ts';

const CONTINUE = /^100-continue$/i;

/** Refuses a request with another expectation than `100-continue`. A request of HTTP/1.0 has none (RFC 9110, section 10.1.1). */
export const checkExpect: Check = ({ headers: { expect }, httpVersion }) =>
  expect === undefined || httpVersion !== '1.1' || CONTINUE.test(expect) ? null : new ExpectationFailed(expect);

/**
 * Sends `100 Continue` to a client that expects it before it sends the body. Register it after all middleware that may refuse
 * the request, so that no client sends a file that is refused anyway.
 */
export const sendContinue: RequestHandler = (request, response, next) => {
  if (request.httpVersion === '1.1' && CONTINUE.test(request.headers.expect ?? '')) response.writeContinue();
  next();
};
