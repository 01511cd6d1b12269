import { fuzz, MAX_BLOCKED_MS } from '@pilotlight/contracts/testing';
import { describe, expect, test } from 'vitest';
import { API_TARGETS } from './testing/fuzz-targets.ts';

describe('hostile headers and queries, generated at length', () => {
  test.for(API_TARGETS.map((one) => [one.name, one] as const))(
    '%s never fails, and never keeps the event loop',
    async ([, one]) => {
      expect(await fuzz(one, 4_000)).toBeLessThanOrEqual(MAX_BLOCKED_MS);
    },
  );
});
