import type { LoadContext } from '../engine/load-context.ts';
import { InvalidArgument } from '../errors.ts';

/** What a handler of Express, written for a request and a response, asks of the response first. */
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

/** The context as a cached handler gets it: one that takes it for a response fails with a hint. */
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
