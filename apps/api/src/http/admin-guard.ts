import type { RequestHandler } from 'express';
import { Unauthorized } from '../errors.ts';
import { credentialsOf } from './credentials.ts';
import { Tokens } from './tokens.ts';

const ADMIN = 'admin';
// Basic is for browsers: it makes them ask, so that a page such as the queues' can be opened. A header line each, because
// browsers take a line for one challenge.
const CHALLENGES = ['Basic realm="pilotlight", charset="UTF-8"', 'Bearer realm="pilotlight"'];

/** Lets the administrator through: `Bearer <token>`, or Basic with the user `admin` and the token as password. */
export function adminGuard(adminToken: string): RequestHandler {
  const known = new Tokens([adminToken]);
  return (request, _response, next) => {
    const given = credentialsOf(request.headers.authorization);
    if (given !== null && 'bearer' in given && known.has(given.bearer)) return next();
    if (given !== null && 'user' in given && given.user === ADMIN && known.has(given.password)) return next();
    throw new Unauthorized(
      `expected the admin token: "Authorization: Bearer <token>", or Basic with the user "admin"; got ${
        given === null ? 'none' : 'one that is not it'
      }`,
      ...CHALLENGES,
    );
  };
}
