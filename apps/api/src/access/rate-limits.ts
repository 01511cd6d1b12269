import type { Config, LimitStore, Logger } from '@pilotlight/runtime';
import { SharedLimiter } from './shared-limiter.ts';

/** Which limit a request counted in, and what it has left. The names appear in `RateLimit` and `RateLimit-Policy`. */
export interface LimitState {
  readonly policy: 'token' | 'address';
  readonly perMinute: number;
  readonly remaining: number;
  /** Milliseconds until the whole limit is available again. */
  readonly resetMs: number;
  readonly isExceeded: boolean;
}

export interface LimitedRequest {
  /** The token's name and its own rate, if it has one; null for a request without a valid token. */
  readonly token: { readonly name: string; readonly ratePerMinute: number | null } | null;
  /** The client's address or network. */
  readonly network: string;
}

/**
 * Counts requests per token name and per client network in windows of a minute, over all apis. A request counts in each limit that
 * applies to it, and is refused if one of them is exceeded.
 */
export class RateLimits {
  readonly #limits: Config['rateLimits'];
  readonly #limiter: SharedLimiter;

  constructor({ limits, store, logger }: { limits: Config['rateLimits']; store: LimitStore; logger: Logger }) {
    this.#limits = limits;
    this.#limiter = new SharedLimiter({ store, logger });
  }

  /** Returns whether a request has to be counted, before its answer. */
  applyTo(token: LimitedRequest['token']): boolean {
    return this.#limits.address !== null || this.#rateOf(token) !== null;
  }

  /** Counts a request. Never rejects: without Redis, each process counts alone. */
  async count({ token, network }: LimitedRequest): Promise<LimitState[]> {
    const tokenRate = this.#rateOf(token);
    const { address: addressRate } = this.#limits;
    return await Promise.all([
      ...(token !== null && tokenRate !== null ? [this.#countIn('token', token.name, tokenRate)] : []),
      ...(addressRate !== null ? [this.#countIn('address', network, addressRate)] : []),
    ]);
  }

  close(): void {
    this.#limiter.close();
  }

  #rateOf(token: LimitedRequest['token']): number | null {
    return token === null ? null : (token.ratePerMinute ?? this.#limits.token);
  }

  async #countIn(policy: LimitState['policy'], key: string, perMinute: number): Promise<LimitState> {
    return { policy, perMinute, ...(await this.#limiter.consume(`${policy}:${key}`, perMinute)) };
  }
}
