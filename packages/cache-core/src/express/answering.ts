import type { LoadContext } from '../engine/load-context.ts';
import { InvalidArgument } from '../model/errors.ts';

/** Members of a response that a handler written for Express, with a request and a response, uses first. */
const OF_A_RESPONSE = new Set<PropertyKey>([
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
      if (OF_A_RESPONSE.has(name))
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
