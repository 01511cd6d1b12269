import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from 'express';
import { NotInKey } from '../errors.ts';

/**
 * All that a cached handler can see of a request; the key is made of it. `query` comes without `cache`; `headers` are those
 * that the route names in `vary`. To read anything else throws `NotInKey`.
 */
export interface RequestView {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | null>>;
}

/** What a handler may see, and whether the reader takes a cached answer. `vary`: names of headers, in lower case. */
export function viewOf(request: Request, vary: readonly string[]): { view: RequestView; wantsCache: boolean } {
  const { cache, ...query } = request.query;
  const headers = Object.fromEntries(vary.map((name) => [name, headerText(request.headers, name)]));
  const view = { params: request.params, query, body: request.body as unknown, headers };
  return { view, wantsCache: cache !== 'false' };
}

/** What is asked of a thing by printing, awaiting or encoding it. */
const ASKED_BY_THE_LANGUAGE = new Set<PropertyKey>(['then', 'toJSON', 'constructor', 'inspect', 'nodeType']);

/** The view as a handler gets it: to read what the key does not cover throws, rather than answer `undefined`. */
export function guarded<View extends object>(view: View): View {
  if (!('headers' in view && typeof view.headers === 'object' && view.headers !== null))
    return watched({ ...view }, '');
  return watched({ ...view, headers: watched({ ...view.headers }, 'headers.') }, '');
}

function watched<Part extends object>(part: Part, path: string): Part {
  return new Proxy(Object.freeze(part), {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name, receiver);
      if (ASKED_BY_THE_LANGUAGE.has(name)) return undefined;
      throw new NotInKey(`${path}${name}`);
    },
  });
}

function headerText(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
}
