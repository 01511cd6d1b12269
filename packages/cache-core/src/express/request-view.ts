import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from 'express';
import { NotInKey } from '../model/errors.ts';

/**
 * The part of a request that a cached handler can read, which is the input of the key. `query` lacks `cache`; `headers` has those
 * that the route names in `vary`. Reading anything else throws `NotInKey`.
 */
export interface RequestView {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | null>>;
}

/**
 * Returns the view of a request, and whether the client accepts a cached answer.
 *
 * @param vary names of headers, in lower case
 */
export function viewOf(request: Request, vary: readonly string[]): { view: RequestView; wantsCache: boolean } {
  const { cache, ...query } = request.query;
  const headers = Object.fromEntries(vary.map((name) => [name, headerText(request.headers, name)]));
  const view = { params: request.params, query, body: request.body as unknown, headers };
  return { view, wantsCache: cache !== 'false' };
}

/** Members that printing, awaiting or encoding an object reads. */
const READ_BY_RUNTIME = new Set<PropertyKey>(['then', 'toJSON', 'constructor', 'inspect', 'nodeType']);

/** Returns the view as a handler receives it: reading a member that the key does not cover throws, instead of returning `undefined`. */
export function guarded<View extends object>(view: View): View {
  if (!('headers' in view && typeof view.headers === 'object' && view.headers !== null))
    return watched({ ...view }, '');
  return watched({ ...view, headers: watched({ ...view.headers }, 'headers.') }, '');
}

function watched<Part extends object>(part: Part, path: string): Part {
  return new Proxy(Object.freeze(part), {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name, receiver);
      if (READ_BY_RUNTIME.has(name)) return undefined;
      throw new NotInKey(`${path}${name}`);
    },
  });
}

function headerText(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
}
