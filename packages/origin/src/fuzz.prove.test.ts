import { fuzz, MAX_BLOCKED_MS } from '@pilotlight/contracts/testing';
import { describe, expect, test } from 'vitest';
import { ORIGIN_TARGETS } from './testing/fuzz-targets.ts';

describe('hostile files and cursors, generated at length', () => {
  test.for(ORIGIN_TARGETS.map((one) => [one.name, one] as const))(
    '%s never fails, and never keeps the event loop',
    async ([, one]) => {
      expect(await fuzz(one, 7_000)).toBeLessThanOrEqual(MAX_BLOCKED_MS);
    },
  );
});
