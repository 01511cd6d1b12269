import type { RequestHandler } from 'express';
import { Unauthorized } from '../errors.ts';
import { credentialsOf } from './credentials.ts';
import { Tokens } from './tokens.ts';

/** Lets those through who bear one of the tokens, or everybody when there are none. The admin token will do too. */
export function apiGuard(apiTokens: readonly string[] | null, adminToken: string): RequestHandler {
  if (apiTokens === null) return (_request, _response, next) => next();
  const known = new Tokens([...apiTokens, adminToken]);
  return (request, _response, next) => {
    const given = credentialsOf(request.headers.authorization);
    if (given !== null && 'bearer' in given && known.has(given.bearer)) return next();
    throw new Unauthorized(
      `expected "Authorization: Bearer <token>" with one of API_TOKENS, got ${given === null ? 'none' : 'another'}`,
      'Bearer realm="pilotlight"',
    );
  };
}
