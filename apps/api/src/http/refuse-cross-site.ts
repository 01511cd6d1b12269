import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Config, hostOf } from '@pilotlight/runtime';
import { CrossSite } from '../errors.ts';
import type { Check } from './refuse-other-hosts.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that a browser sends for a page of another site (CSRF). A form may be sent to any site without permission,
 * the browser adds stored credentials, and the API may be configured without tokens.
 */
export function checkSite({ allowedHosts }: Config): Check {
  return ({ method = '', headers, socket }) => {
    if (SAFE.has(method)) return null;
    const site = headers['sec-fetch-site'];
    const { origin } = headers;
    if (site !== undefined)
      return site === 'same-origin' || site === 'none' ? null : new CrossSite(`Sec-Fetch-Site: ${site}`);
    // Older browsers send only Origin; programs send neither header.
    if (origin === undefined || isOwn(origin, headers, socket, allowedHosts)) return null;
    const forwarded = headers['x-forwarded-proto'];
    const proto = forwarded === undefined ? '' : ` X-Forwarded-Proto: ${String(forwarded).slice(0, 20)}`;
    return new CrossSite(`Origin: ${origin.slice(0, 200)} for Host: ${headers.host?.slice(0, 200)}${proto}`);
  };
}

function isOwn(
  origin: string,
  headers: IncomingHttpHeaders,
  socket: IncomingMessage['socket'],
  allowed: Config['allowedHosts'],
): boolean {
  const [, scheme = '', authority = ''] = /^(https?):\/\/(.*)$/i.exec(origin) ?? [];
  const from = hostOf(authority, scheme.toLowerCase())?.origin;
  return from !== undefined && (from === ownOrigin(headers, socket) || allowed?.origins.has(from) === true);
}

/**
 * Returns the origin of the api's own pages: `Host` with the scheme that the client used, or null if it is not valid. A proxy
 * reports the scheme in `X-Forwarded-Proto`; a page of another site cannot set that header without a CORS preflight. Without
 * the header, port 443 means HTTPS.
 */
function ownOrigin({ host = '', ...headers }: IncomingHttpHeaders, socket: IncomingMessage['socket']): string | null {
  const forwarded = headers['x-forwarded-proto'];
  const ofPort = host.endsWith(':443') || socket instanceof TLSSocket ? 'https' : 'http';
  const scheme = forwarded === undefined ? ofPort : String(forwarded).split(',', 1)[0]?.trim().toLowerCase();
  return scheme === 'http' || scheme === 'https' ? (hostOf(host, scheme)?.origin ?? null) : null;
}
