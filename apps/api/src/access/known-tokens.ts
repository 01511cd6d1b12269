import { hash, timingSafeEqual } from 'node:crypto';
import { type Config, digestOf, type Token } from '@pilotlight/runtime';

/** A token that the api accepts, with the identity for which its uploads count. */
export interface KnownToken extends Token {
  readonly uploader: string;
}

const UPLOADER_DIGITS = 16;
/** No name in `TOKENS_FILE` can begin so. */
const OF_ENVIRONMENT = 'env:';

/**
 * Returns the tokens of the environment, with names of their own: `env:admin`, `env:api-1`, `env:api-2`. The uploads of such a token
 * count for its digest, so they keep counting for it if the list is reordered.
 */
export function tokensOfEnvironment({ adminToken, apiTokens }: Pick<Config, 'adminToken' | 'apiTokens'>): KnownToken[] {
  const known = (name: string, role: 'write' | 'admin', text: string): KnownToken => {
    const digest = digestOf(text);
    const uploader = digest.toString('hex').slice(0, UPLOADER_DIGITS);
    return { name: OF_ENVIRONMENT + name, role, digest, uploader, ...NO_LIMITS };
  };
  const ofApi = (apiTokens ?? []).map((text, index) => known(`api-${index + 1}`, 'write', text));
  return [...ofApi, known('admin', 'admin', adminToken)];
}

const NO_LIMITS = { expiresAt: null, ratePerMinute: null, uploadsAtATime: null };

/** Returns a token of `TOKENS_FILE`. Its uploads count for its name, so they keep counting for it when the token is replaced. */
export function tokenOfFile(token: Token): KnownToken {
  return { ...token, uploader: `name:${token.name}` };
}

/**
 * The accepted tokens, found by digest. The time of a look-up may depend on the digest of the candidate. That reveals nothing about
 * a token: a client cannot choose the digest of what it sends. The comparison that decides takes constant time.
 */
export class KnownTokens {
  readonly #byDigest = new Map<string, KnownToken>();

  /** @param tokens of two with the same digest, the later one counts */
  constructor(tokens: readonly KnownToken[]) {
    for (const token of tokens) this.#byDigest.set(token.digest.toString('latin1'), token);
  }

  /** Returns the token with this text, also if it has expired; null if there is none. */
  find(candidate: string): KnownToken | null {
    const digest = hash('sha256', candidate, 'latin1');
    const token = this.#byDigest.get(digest);
    return token !== undefined && timingSafeEqual(token.digest, Buffer.from(digest, 'latin1')) ? token : null;
  }
}
