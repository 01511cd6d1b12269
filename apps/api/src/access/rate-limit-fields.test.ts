import { parseList } from 'structured-headers';
import { expect, test } from 'vitest';
import { rateLimitFields } from './rate-limit-fields.ts';

test('the fields are lists of structured fields, with a member for each limit', () => {
  const state = { remaining: 599, resetMs: 58_001, isExceeded: false, isFromStore: true };
  const fields = rateLimitFields([
    { policy: 'token', perMinute: 600, ...state },
    { policy: 'address', perMinute: 3_000, ...state, remaining: 0, resetMs: 0 },
  ]);
  const parsed = (name: string) =>
    parseList(fields[name] ?? '').map(([policy, parameters]) => [policy, Object.fromEntries(parameters)]);
  expect(parsed('RateLimit-Policy')).toEqual([
    ['token', { q: 600, w: 60 }],
    ['address', { q: 3_000, w: 60 }],
  ]);
  expect(parsed('RateLimit')).toEqual([
    ['token', { r: 599, t: 59 }],
    ['address', { r: 0, t: 1 }],
  ]);
  expect(rateLimitFields([])).toEqual({});
});
