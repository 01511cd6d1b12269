import type { IncomingMessage } from 'node:http';
import { type Config, hostOf, isLoopback, isOpen } from '@pilotlight/runtime';
import type { RequestHandler } from 'express';
import { HostNotAllowed, MalformedRequest } from '../errors.ts';
import { absoluteHostOf } from './request-target.ts';

/** These neither read nor change data, and load balancers request them by address. */
const OPEN_TO_ALL = new Set(['/healthz', '/readyz']);
const MAX_REMEMBERED = 100;

/**
 * Refuses requests whose `Host` is not a name of this service. A page can point its own name at 127.0.0.1 (DNS rebinding):
 * then the browser takes an open api for the page's own server, and only `Host` shows the difference. With API tokens, which
 * browsers do not add by themselves, every name is accepted unless `ALLOWED_HOSTS` is set. Requests without `Host` (HTTP/1.0)
 * are accepted, because no browser sends them.
 */
export function refuseOtherHosts(config: Config): RequestHandler {
  const { allowedHosts } = config;
  const isAllowed = (name: string) => isLoopback(name) || allowedHosts?.names.has(name) === true;
  const isAnyAllowed = allowedHosts === null && !isOpen(config);
  // Almost all requests have one of a few values.
  const accepted = new Set<string>();
  return (request, _response, next) => {
    const hosts = hostsOf(request);
    for (const host of isAnyAllowed || OPEN_TO_ALL.has(request.path) ? [] : hosts) {
      if (accepted.has(host)) continue;
      const name = hostOf(host)?.name;
      if (name === undefined || !isAllowed(name)) throw new HostNotAllowed(host);
      if (accepted.size < MAX_REMEMBERED) accepted.add(host);
    }
    next();
  };
}

/** Returns the hosts that a request names: its `Host`, and the host of a target like `http://host/path`. */
function hostsOf(request: IncomingMessage): string[] {
  const { host } = request.headers;
  // Node keeps the first value; a proxy may have checked another one.
  if (host !== undefined && isRepeated(request.rawHeaders)) {
    throw new MalformedRequest('expected one Host header, got several');
  }
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
