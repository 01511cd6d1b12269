import type { Request, RequestHandler } from 'express';
import { CrossSite } from '../errors.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that a page of another site asks a browser for: forms need no permission to be sent anywhere, the
 * browser adds the credentials it remembers, and the API may be open to whoever reaches it.
 */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  if (!SAFE.has(request.method) && isCrossSite(request)) throw new CrossSite();
  next();
};

function isCrossSite({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  // Browsers that do not send it yet; programs send neither.
  return headers.origin !== undefined && URL.parse(headers.origin)?.host !== headers.host;
}
