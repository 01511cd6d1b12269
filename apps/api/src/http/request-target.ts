import type { RequestListener } from 'node:http';
import { MalformedRequest } from '../errors.ts';
import { sendProblem } from './problem.ts';
import { identify, REQUEST_ID } from './request-id.ts';

const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\//i;
const ORIGIN = /^https?:\/\/[^/?#]*/i;
const HTTP_TARGET = /^https?:\/\/([^/?#]*)/i;

/** Returns the host with its port of a target like `http://host:80/path`, or null if the target is a path. */
export function absoluteHostOf(target: string): string | null {
  return HTTP_TARGET.exec(target)?.[1] ?? null;
}

/** Returns the path of a target, without its query. */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(ORIGIN, '');
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** Answers targets that Express cannot route with a problem document; Express would send an HTML page. */
export function refuseUnreadableTargets(listener: RequestListener): RequestListener {
  return (request, response) => {
    const target = request.url ?? '';
    const isReadable = target.startsWith('/') || target === '*' || isHttpUrl(target);
    if (isReadable) return listener(request, response);
    const detail = `expected a path or an http URL as request target, got ${JSON.stringify(target.slice(0, 100))}`;
    response.setHeader(REQUEST_ID, identify(request));
    sendProblem(response, new MalformedRequest(detail));
  };
}

function isHttpUrl(target: string): boolean {
  return ABSOLUTE.test(target) && HTTP_TARGET.test(target) && URL.canParse(target);
}
