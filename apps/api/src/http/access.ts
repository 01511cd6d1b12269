import { type Config, includesRole, isOpen, type Logger, type Role, type Token } from '@pilotlight/runtime';
import { Forbidden } from '../access/access-errors.ts';
import { clientAddressOf, type RequestHead } from '../access/client-address.ts';
import { type Credentials, credentialsOf } from '../access/credentials.ts';
import { type KnownToken, KnownTokens, tokenOfFile, tokensOfEnvironment } from '../access/known-tokens.ts';
import type { RateLimits } from '../access/rate-limits.ts';
import { TokensFile } from '../access/tokens-file.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { Unauthorized } from '../errors.ts';

/** What a route needs: `read` for reads, `write` for uploads and deletes, `admin` for cache, queues and retention. */
export type Right = Role;

/** Who sent a request: the token, or no one in particular if the api is open. */
export interface Caller {
  /** The name of the token; null for a request without one to an open api. */
  readonly name: string | null;
  readonly role: Role;
  /** For whom uploads count; null if the api is open, because a client could then choose another token for each upload. */
  readonly uploader: string | null;
  /** Whether the request counts in a rate limit, which has to be asked before the request is answered. */
  readonly isLimited: boolean;
  readonly token: KnownToken | null;
}

export type AccessDecision =
  | { readonly outcome: 'granted'; readonly caller: Caller }
  | {
      readonly outcome: 'unauthorized' | 'forbidden';
      readonly error: Unauthorized | Forbidden;
      /** The name of the token, if it has expired or its role is not sufficient. */
      readonly token: string | null;
    };

export interface Access {
  /**
   * Decides from the head of a request, without waiting, whether it may use a route that needs `right`. Takes node's request, so it
   * can be asked before Express, and again for the same request. It only notes that the token was used.
   */
  decideAccess(request: RequestHead, right: Right): AccessDecision;
  close(): void;
}

const BEARER = 'Bearer realm="pilotlight"';
/** For a token that was sent and is not valid (RFC 6750, 3.1). */
const INVALID_TOKEN = `${BEARER}, error="invalid_token"`;
/** Browsers prompt for Basic credentials, so an administrator can open pages such as the queue board. */
const BASIC = 'Basic realm="pilotlight", charset="UTF-8"';
const BASIC_USER = 'admin';

const EXPECTED = {
  read: 'expected "Authorization: Bearer <token>" with a token of this api',
  write: 'expected "Authorization: Bearer <token>" with a token of this api',
  admin: `expected an admin token: "Authorization: Bearer <token>", or Basic with the user "${BASIC_USER}"`,
} as const satisfies Record<Right, string>;

export interface AccessOptions {
  readonly logger: Logger;
  readonly rateLimits: Pick<RateLimits, 'applyTo'>;
  readonly audit: Pick<AuditLog, 'used'>;
}

/** Throws `ConfigError` if `TOKENS_FILE` cannot be read or parsed. */
export function createAccess(config: Config, { logger, rateLimits, audit }: AccessOptions): Access {
  const { tokensFile: path } = config;
  const open = isOpen(config);
  const ofEnvironment = tokensOfEnvironment(config);
  let tokens = new KnownTokens(ofEnvironment);
  const onChange = (ofFile: Token[]): void => {
    tokens = new KnownTokens([...ofFile.map(tokenOfFile), ...ofEnvironment]);
  };
  const file = path === null ? null : new TokensFile({ path, logger, onChange });
  const anonymous: Caller = {
    name: null,
    role: 'write',
    uploader: null,
    isLimited: rateLimits.applyTo(null),
    token: null,
  };
  const callerOf = (token: KnownToken): Caller => ({
    name: token.name,
    role: token.role,
    uploader: open ? null : token.uploader,
    isLimited: rateLimits.applyTo(token),
    token,
  });
  const found = new FoundTokens();
  return {
    decideAccess: (request, right) => {
      const credentials = credentialsOf(request.headers.authorization);
      const token = found.of(request, tokens, credentials, right);
      if (token === null || hasExpired(token)) {
        if (open && right !== 'admin') return { outcome: 'granted', caller: anonymous };
        return { outcome: 'unauthorized', error: unauthorized(right, credentials, token), token: token?.name ?? null };
      }
      if (!includesRole(token.role, right)) {
        return { outcome: 'forbidden', error: new Forbidden(token, right), token: token.name };
      }
      audit.used(token.name, () => clientAddressOf(request, config.trustedProxies));
      return { outcome: 'granted', caller: callerOf(token) };
    },
    close: () => file?.close(),
  };
}

interface Found {
  readonly authorization: string | undefined;
  readonly tokens: KnownTokens;
  readonly token: KnownToken | null;
}

/**
 * Remembers the token that a connection has sent last, because hashing it costs as much as the rest of a hit. The header is compared
 * with what the same client has sent before, so the time of the comparison reveals nothing about other tokens.
 */
class FoundTokens {
  readonly #bySocket = new WeakMap<object, Found>();

  of({ headers, socket }: RequestHead, tokens: KnownTokens, credentials: Credentials, right: Right): KnownToken | null {
    // Basic credentials count for some rights only.
    if (credentials === null || !('bearer' in credentials)) return tokenOf(tokens, credentials, right);
    const { authorization } = headers;
    const last = this.#bySocket.get(socket);
    if (last?.authorization === authorization && last?.tokens === tokens) return last.token;
    const token = tokens.find(credentials.bearer);
    this.#bySocket.set(socket, { authorization, tokens, token });
    return token;
  }
}

/** Basic credentials are for pages that a browser opens, all of which are for administrators. */
function tokenOf(tokens: KnownTokens, credentials: Credentials, right: Right): KnownToken | null {
  if (credentials === null) return null;
  if ('bearer' in credentials) return tokens.find(credentials.bearer);
  return right === 'admin' && credentials.user === BASIC_USER ? tokens.find(credentials.password) : null;
}

function hasExpired({ expiresAt }: KnownToken): boolean {
  return expiresAt !== null && expiresAt <= Date.now();
}

function unauthorized(right: Right, credentials: Credentials, expired: KnownToken | null): Unauthorized {
  const came =
    expired !== null
      ? `the token ${expired.name}, which expired at ${new Date(expired.expiresAt ?? 0).toISOString()}`
      : credentials === null
        ? 'no credentials'
        : 'other credentials';
  const challenge = credentials !== null && 'bearer' in credentials ? INVALID_TOKEN : BEARER;
  // Each challenge has its own header line, because browsers read one challenge per line.
  return new Unauthorized(`${EXPECTED[right]}; got ${came}`, ...(right === 'admin' ? [BASIC, challenge] : [challenge]));
}
