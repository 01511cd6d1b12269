import type { Role } from '@pilotlight/runtime';
import { ApiError } from '../errors.ts';
import { rateLimitFields, secondsOf } from './rate-limit-fields.ts';
import type { LimitState } from './rate-limits.ts';

/** The request has a valid token, and the token's role does not include the right that the route needs (RFC 6750, section 3.1). */
export class Forbidden extends ApiError {
  constructor(token: { readonly name: string; readonly role: Role }, right: Role) {
    const detail = `expected a token with the role ${right}, got the token ${token.name} with the role ${token.role}`;
    const challenge = `Bearer realm="pilotlight", error="insufficient_scope", scope="${right}"`;
    super({ code: 'FORBIDDEN', detail, headers: { 'WWW-Authenticate': challenge } });
  }
}

/** The client has used up a rate limit (RFC 6585, section 4). */
export class RateLimited extends ApiError {
  constructor(states: readonly LimitState[]) {
    const exceeded = states.filter(({ isExceeded }) => isExceeded);
    const policies = exceeded.map(({ policy, perMinute }) => `${perMinute} requests per minute and ${policy}`);
    const seconds = Math.max(...exceeded.map(secondsOf));
    super({
      code: 'RATE_LIMITED',
      detail: `expected at most ${policies.join(' and ')}, got more; try again in ${seconds} s`,
      headers: { 'Retry-After': String(seconds), ...rateLimitFields(states) },
    });
  }
}

/** The token has as many uploads in progress as it may have. */
export class TooManyUploads extends ApiError {
  constructor(uploader: string, limit: number) {
    super({
      code: 'TOO_MANY_UPLOADS',
      detail: `expected at most ${limit} concurrent uploads of ${uploader} per api process, got another one; wait for one of them to end`,
    });
  }
}
