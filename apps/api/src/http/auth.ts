import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Access, Caller, Right } from './access.ts';

/** Middleware that lets a request pass or throws `Unauthorized` or `Forbidden`: one for each right. */
export type Guards = Readonly<Record<Right, RequestHandler>>;

const callers = new WeakMap<IncomingMessage, Caller>();

export function createGuards(access: Access): Guards {
  const guard =
    (right: Right): RequestHandler =>
    (request, _response, next) => {
      const decision = access.decideAccess(request, right);
      if (decision.outcome !== 'granted') throw decision.error;
      callers.set(request, decision.caller);
      next();
    };
  return { read: guard('read'), write: guard('write'), admin: guard('admin') };
}

/** Returns who sent the request. Throws if no guard has let it pass. */
export function callerOf(request: IncomingMessage): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('expected a guard before a route that asks for the caller, got none');
  return caller;
}
