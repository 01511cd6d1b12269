import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '@pilotlight/runtime';
import type { Request, RequestHandler } from 'express';
import { Unauthorized } from '../errors.ts';

/** Middleware that lets a request pass or throws `Unauthorized`. */
export interface Guards {
  /** For reads, uploads and deletes. */
  readonly api: RequestHandler;
  /** For administration: cache, queues. */
  readonly admin: RequestHandler;
}

export function createGuards({ apiTokens, adminToken }: Config): Guards {
  return { api: apiGuard(apiTokens, adminToken), admin: adminGuard(adminToken) };
}

/** Accepts `Bearer` with one of the API tokens or the admin token. Accepts every request if no API tokens are configured. */
function apiGuard(apiTokens: readonly string[] | null, adminToken: string): RequestHandler {
  if (apiTokens === null) return (_request, _response, next) => next();
  const accepted = new Tokens([...apiTokens, adminToken]);
  return (request, _response, next) => {
    const credentials = credentialsOf(request.headers.authorization);
    if (credentials !== null && 'bearer' in credentials && accepted.has(credentials.bearer)) return next();
    const came = credentials === null ? 'no credentials' : 'other credentials';
    throw new Unauthorized(
      `expected "Authorization: Bearer <token>" with one of API_TOKENS, got ${came}`,
      'Bearer realm="pilotlight"',
    );
  };
}

const ADMIN = 'admin';
// Browsers prompt for Basic credentials, so an administrator can open pages such as the queue board. Each challenge has its own
// header line, because browsers read one challenge per line.
const ADMIN_CHALLENGES = ['Basic realm="pilotlight", charset="UTF-8"', 'Bearer realm="pilotlight"'];

/** Accepts `Bearer` with the admin token, or Basic with the user `admin` and the token as password. */
function adminGuard(adminToken: string): RequestHandler {
  const accepted = new Tokens([adminToken]);
  return (request, _response, next) => {
    const credentials = credentialsOf(request.headers.authorization);
    if (credentials !== null && 'bearer' in credentials && accepted.has(credentials.bearer)) return next();
    const isAdmin = credentials !== null && 'user' in credentials && credentials.user === ADMIN;
    if (isAdmin && accepted.has(credentials.password)) return next();
    const came = credentials === null ? 'no credentials' : 'other credentials';
    throw new Unauthorized(
      `expected the admin token: "Authorization: Bearer <token>", or Basic with the user "admin"; got ${came}`,
      ...ADMIN_CHALLENGES,
    );
  };
}

const UPLOADER_DIGITS = 16;

/**
 * Returns whose quota an upload counts for: the start of the SHA-256 of the token, in hex. Returns null if the api is open: then a
 * token proves nothing, and a client could choose another for each upload.
 */
export function uploaderOf(
  { headers }: Pick<Request, 'headers'>,
  { apiTokens }: Pick<Config, 'apiTokens'>,
): string | null {
  const credentials = apiTokens === null ? null : credentialsOf(headers.authorization);
  if (credentials === null || !('bearer' in credentials)) return null;
  return digestOf(credentials.bearer).toString('hex').slice(0, UPLOADER_DIGITS);
}

/** The content of an `Authorization` header; null if the header is missing or has another scheme. */
type Credentials = { bearer: string } | { user: string; password: string } | null;

function credentialsOf(authorization: string | undefined): Credentials {
  const [, scheme = '', value = ''] = authorization?.match(/^(\S+) +(\S+) *$/) ?? [];
  if (/^bearer$/i.test(scheme)) return { bearer: value };
  if (!/^basic$/i.test(scheme)) return null;
  const [, user, password] =
    Buffer.from(value, 'base64')
      .toString()
      .match(/^([^:]*):(.*)$/s) ?? [];
  return user === undefined || password === undefined ? null : { user, password };
}

/** A set of tokens with a lookup in constant time, whatever the candidate and its length. */
class Tokens {
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digestOf);
  }

  has(candidate: string): boolean {
    const digest = digestOf(candidate);
    // `filter` compares every token, so the time does not reveal which one matched.
    return this.#digests.filter((known) => timingSafeEqual(known, digest)).length > 0;
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
