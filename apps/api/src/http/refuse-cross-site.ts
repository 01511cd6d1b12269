import { type Config, hostOf } from '@pilotlight/runtime';
import type { Request, RequestHandler } from 'express';
import { CrossSite } from '../errors.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that a browser sends for a page of another site (CSRF). A form may be sent to any site without permission,
 * the browser adds stored credentials, and the API may be configured without tokens.
 */
export function refuseCrossSite({ allowedHosts }: Config): RequestHandler {
  return (request, _response, next) => {
    if (SAFE.has(request.method)) return next();
    const site = request.headers['sec-fetch-site'];
    const { origin } = request.headers;
    if (site !== undefined) {
      if (site !== 'same-origin' && site !== 'none') throw new CrossSite(`Sec-Fetch-Site: ${site}`);
    } else if (origin !== undefined && !isOwn(origin, request, allowedHosts)) {
      // Older browsers send only Origin; programs send neither header.
      const forwarded = request.headers['x-forwarded-proto'];
      const proto = forwarded === undefined ? '' : ` X-Forwarded-Proto: ${String(forwarded).slice(0, 20)}`;
      throw new CrossSite(`Origin: ${origin.slice(0, 200)} for Host: ${request.headers.host?.slice(0, 200)}${proto}`);
    }
    next();
  };
}

function isOwn(origin: string, request: Request, allowed: Config['allowedHosts']): boolean {
  const [, scheme = '', authority = ''] = /^(https?):\/\/(.*)$/i.exec(origin) ?? [];
  const from = hostOf(authority, scheme.toLowerCase())?.origin;
  return from !== undefined && (from === ownOrigin(request) || allowed?.origins.has(from) === true);
}

/**
 * Returns the origin of the api's own pages: `Host` with the scheme that the client used, or null if it is not valid. A proxy
 * reports the scheme in `X-Forwarded-Proto`; a page of another site cannot set that header without a CORS preflight. Without
 * the header, port 443 means HTTPS.
 */
function ownOrigin({ headers: { host = '', ...headers }, protocol }: Request): string | null {
  const forwarded = headers['x-forwarded-proto'];
  const ofPort = host.endsWith(':443') ? 'https' : protocol;
  const scheme = forwarded === undefined ? ofPort : String(forwarded).split(',', 1)[0]?.trim().toLowerCase();
  return scheme === 'http' || scheme === 'https' ? (hostOf(host, scheme)?.origin ?? null) : null;
}
