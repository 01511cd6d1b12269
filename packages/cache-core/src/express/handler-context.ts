import type { LoadContext } from '../engine/load-context.ts';
import { InvalidArgument } from '../model/errors.ts';

/** Members of an Express response that a handler `(request, response)` uses first. */
const RESPONSE_MEMBERS = new Set<PropertyKey>([
  'append',
  'cookie',
  'end',
  'header',
  'json',
  'jsonp',
  'redirect',
  'render',
  'send',
  'sendFile',
  'sendStatus',
  'set',
  'setHeader',
  'status',
  'type',
  'write',
  'writeHead',
]);

/** The context as a cached handler receives it. A handler that uses it as a response fails with a hint. */
export function contextOfHandler(context: LoadContext): LoadContext {
  return new Proxy(context, {
    get(target, name, receiver) {
      if (RESPONSE_MEMBERS.has(name))
        throw new InvalidArgument(
          `the cached handler of ${target.key}`,
          'a handler (input, context) that returns its answer',
          `one that uses response.${String(name)}`,
          'return the value: it is cached and sent',
        );
      return Reflect.get(target, name, receiver);
    },
  });
}
