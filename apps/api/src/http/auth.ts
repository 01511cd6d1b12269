import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { RateLimited } from '../access/access-errors.ts';
import { clientAddressOf, networkOf } from '../access/client-address.ts';
import { rateLimitFields } from '../access/rate-limit-fields.ts';
import type { Deps } from '../deps.ts';
import type { Access, AccessDecision, Caller, Right } from './access.ts';

/** Middleware that lets a request pass or throws `Unauthorized`, `Forbidden` or `RateLimited`: one for each right. */
export type Guards = Readonly<Record<Right, RequestHandler>>;

/** Who sent a request, and from where. */
export interface AddressedCaller extends Caller {
  readonly address: string;
}

const callers = new WeakMap<IncomingMessage, AddressedCaller>();

export function createGuards(deps: Pick<Deps, 'access' | 'rateLimits' | 'audit' | 'config'>): Guards {
  const { access, rateLimits, audit, config } = deps;

  const pass = (request: IncomingMessage, address: string, decision: AccessDecision): void => {
    if (decision.outcome !== 'granted') {
      audit.refused({ token: decision.token, address, status: decision.error.status });
      throw decision.error;
    }
    callers.set(request, { ...decision.caller, address });
  };

  const count = async (response: Response, address: string, decision: AccessDecision): Promise<void> => {
    const token = decision.outcome === 'granted' ? decision.caller.token : null;
    const states = await rateLimits.count({ token, network: networkOf(address) });
    if (states.some(({ isExceeded }) => isExceeded)) throw new RateLimited(states);
    response.set(rateLimitFields(states));
  };

  const guard =
    (right: Right): RequestHandler =>
    (request, response, next) => {
      const decision = access.decideAccess(request, right);
      const address = clientAddressOf(request, config.trustedProxies);
      const isLimited = decision.outcome === 'granted' ? decision.caller.isLimited : rateLimits.applyTo(null);
      if (!isLimited) {
        pass(request, address, decision);
        return next();
      }
      return count(response, address, decision).then(() => {
        pass(request, address, decision);
        next();
      });
    };
  return { read: guard('read'), write: guard('write'), admin: guard('admin') };
}

/** Returns who sent the request. Throws if no guard has let it pass. */
export function callerOf(request: IncomingMessage): AddressedCaller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('expected a guard before a route that asks for the caller, got none');
  return caller;
}

/** Returns who opens a stream: the token, or the address if the api is open. */
export function clientOf(request: IncomingMessage): string {
  const { uploader, address } = callerOf(request);
  return uploader ?? address;
}

/** Returns a function that decides again whether the sender of a request may read: its token may be revoked or expire meanwhile. */
export function staysAllowed({ decideAccess }: Pick<Access, 'decideAccess'>, request: IncomingMessage): () => boolean {
  return () => decideAccess(request, 'read').outcome === 'granted';
}
