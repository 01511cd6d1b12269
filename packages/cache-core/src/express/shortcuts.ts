import type { IncomingMessage } from 'node:http';
import querystring from 'node:querystring';
import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import type { CachedRoute } from './cached-route.ts';
import { RecentMap } from './recent-map.ts';
import type { Target } from './targets.ts';

/** What Express found out about a request: the cached route that answers it, and the target that it asks for. */
export interface Shortcut {
  readonly route: CachedRoute;
  readonly target: Target;
  /** The path pattern of the route, as registered; null if it was registered as a list or a regular expression. */
  readonly pattern: string | null;
}

export type CachedMethod = 'GET' | 'HEAD' | 'POST';

/** The bytes of one shortcut without its texts: key, input, recipe and its slot. */
const SHORTCUT_BYTES = 800;
const MAX_BODY_URLS = 1_000;

/**
 * Remembers which target Express found for a request, by method, URL and body. Requests that are equal in these have the same
 * target, so the fast path needs no table of routes and no router of its own, and cannot disagree with Express.
 *
 * Bounded: each method has its own part of the bytes.
 */
export class Shortcuts {
  readonly #byMethod: Readonly<Record<CachedMethod, RecentMap<Shortcut>>>;
  /** URLs of cached routes that take a body. */
  readonly #bodyUrls = new LRUCache<string, true>({ max: MAX_BODY_URLS });

  constructor(maxBytes: number) {
    const bytesOf = (id: string) => 2 * id.length + SHORTCUT_BYTES;
    const partOf = (eighths: number) => new RecentMap<Shortcut>((maxBytes * eighths) / 8, bytesOf);
    this.#byMethod = { GET: partOf(4), POST: partOf(3), HEAD: partOf(1) };
  }

  /** @param id the URL; for a request with a body, see `idWithBody` */
  get(method: CachedMethod, id: string): Shortcut | undefined {
    return this.#byMethod[method].get(id);
  }

  takesBody(url: string): boolean {
    return this.#bodyUrls.get(url) === true;
  }

  /** Remembers the target of this request once its route calls `teach`. Pass the request to Express next. */
  expect(request: IncomingMessage, method: CachedMethod, id: string): void {
    lessons.set(request, (shortcut) => {
      this.#byMethod[method].set(id, shortcut);
    });
  }

  /** Remembers that this URL takes a body, once a cached route calls `teach` for this request. */
  expectBody(request: IncomingMessage, url: string): void {
    lessons.set(request, () => {
      this.#bodyUrls.set(url, true);
    });
  }
}

/** The requests on their way through Express whose target a fast path wants to know. */
const lessons = new WeakMap<IncomingMessage, (shortcut: Shortcut) => void>();

/**
 * Reports the target that Express found for a request. Call it only if every request of the same method, URL and body has this
 * target.
 */
export function teach(request: IncomingMessage, shortcut: Shortcut): void {
  lessons.get(request)?.(shortcut);
}

/**
 * Returns whether path and parameters are those that the client sent. Middleware may have rewritten the URL, or set a parameter
 * from a credential: then another request with the same URL may have another target.
 */
export function isAsSent({ baseUrl, url, originalUrl, params }: Request): boolean {
  if (baseUrl + url !== originalUrl) return false;
  const path = decoded(originalUrl);
  return Object.values<unknown>(params)
    .flat()
    .every((value) => typeof value === 'string' && path.includes(value));
}

function decoded(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return querystring.unescape(path);
}

/** Identifies a request with a body. A body parser may read the same bytes differently by their `Content-Type`. */
export function idWithBody(url: string, contentType: string | undefined, body: Buffer): string {
  return `${url}\n${contentType === undefined ? '' : `:${contentType}`}\n${body.toString('latin1')}`;
}
