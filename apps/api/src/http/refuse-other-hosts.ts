import type { IncomingMessage } from 'node:http';
import { type Config, hostOf, isLoopback, isOpen } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';
import { type ApiError, HostNotAllowed, MalformedRequest } from '../errors.ts';
import { absoluteHostOf, pathOf } from './request-target.ts';

/** These neither read nor change data, and load balancers request them by address. */
const OPEN_TO_ALL = new Set(['/healthz', '/readyz']);
/** Prometheus requests it by address. With API tokens, browsers cannot read it under another name either. */
const METRICS = '/metrics';
const MAX_REMEMBERED = 100;

/** Returns the error of a request, or null if it passes. */
export type Check = (request: IncomingMessage) => ApiError | null;

/**
 * Refuses requests whose `Host` is not a name of this service. A page can point its own name at 127.0.0.1 (DNS rebinding):
 * then the browser takes an open api for the page's own server, and only `Host` shows the difference. With API tokens, which
 * browsers do not add by themselves, every name is accepted unless `ALLOWED_HOSTS` is set. Requests of HTTP/1.0 without `Host`
 * are accepted, because no browser sends them; HTTP/1.1 requires it (RFC 9112, section 3.2).
 */
export function checkHost(config: Config): Check {
  const { allowedHosts } = config;
  const isAllowed = (name: string) => isLoopback(name) || allowedHosts?.names.has(name) === true;
  const isAnyAllowed = allowedHosts === null && !isOpen(config);
  const openToAll = isOpen(config) ? OPEN_TO_ALL : new Set([...OPEN_TO_ALL, METRICS]);
  // Almost all requests have one of a few values.
  const accepted = new Set<string>();
  const accepts = (host: string) => {
    if (accepted.has(host)) return true;
    const name = hostOf(host)?.name;
    if (name === undefined || !isAllowed(name)) return false;
    if (accepted.size < MAX_REMEMBERED) accepted.add(host);
    return true;
  };
  return (request) => {
    // Node keeps the first value; a proxy may have checked another one.
    if (isRepeated(request.rawHeaders)) return new MalformedRequest('expected one Host header, got several');
    if (request.headers.host === undefined && request.httpVersion === '1.1')
      return new MalformedRequest('expected a Host header, which HTTP/1.1 requires, got none');
    if (isAnyAllowed) return null;
    const refused = hostsOf(request).find((host) => !accepts(host));
    return refused === undefined || openToAll.has(pathOf(request.url ?? '')) ? null : new HostNotAllowed(refused);
  };
}

/** Throws the error of the first check that the request fails. */
export function refuse(...checks: readonly Check[]): RequestHandler {
  return (request, _response, next) => {
    for (const check of checks) {
      const error = check(request);
      if (error !== null) throw error;
    }
    next();
  };
}

/** Returns the hosts that a request names: its `Host`, and the host of a target like `http://host/path`. */
function hostsOf(request: IncomingMessage): string[] {
  const { host } = request.headers;
  const ofTarget = request.url?.startsWith('/') ? null : absoluteHostOf(request.url ?? '');
  return [host, ofTarget].filter((each) => each !== undefined && each !== null);
}

function isRepeated(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}
