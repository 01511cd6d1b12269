import type { LimitState } from './rate-limits.ts';

const WINDOW_S = 60;

/**
 * Returns the fields of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "token";q=600;w=60` and
 * `RateLimit: "token";r=599;t=58`, with one member for each limit in which the request counts.
 */
export function rateLimitFields(states: readonly LimitState[]): Record<string, string> {
  if (states.length === 0) return {};
  return {
    'RateLimit-Policy': states.map(({ policy, perMinute }) => `"${policy}";q=${perMinute};w=${WINDOW_S}`).join(', '),
    RateLimit: states.map((state) => `"${state.policy}";r=${state.remaining};t=${secondsOf(state)}`).join(', '),
  };
}

/** Returns the whole seconds until a limit is available again, at least 1. */
export function secondsOf({ resetMs }: Pick<LimitState, 'resetMs'>): number {
  return Math.max(1, Math.ceil(resetMs / 1_000));
}
