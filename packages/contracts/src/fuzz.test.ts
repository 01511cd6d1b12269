import { describe, expect, test } from 'vitest';
import { fuzz, MAX_BLOCKED_MS } from './testing/fuzz.ts';
import { CONTRACT_TARGETS } from './testing/fuzz-targets.ts';

describe('hostile input, generated', () => {
  test.for(CONTRACT_TARGETS.map((one) => [one.name, one] as const))(
    '%s never fails, and never keeps the event loop',
    async ([, one]) => {
      expect(await fuzz(one, 20)).toBeLessThanOrEqual(MAX_BLOCKED_MS);
    },
  );
});
