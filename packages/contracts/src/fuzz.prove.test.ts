import { describe, expect, test } from 'vitest';
import { fuzz, MAX_BLOCKED_MS } from './testing/fuzz.ts';
import { CONTRACT_TARGETS } from './testing/fuzz-targets.ts';

/** Together with the parsers of files and of headers, 100,000 inputs. */
const CASES = 60_000;

describe('hostile input, generated at length', () => {
  test.for(CONTRACT_TARGETS.map((one) => [one.name, one] as const))(
    '%s never fails, and never keeps the event loop',
    async ([, one]) => {
      expect(await fuzz(one, Math.ceil(CASES / CONTRACT_TARGETS.length))).toBeLessThanOrEqual(MAX_BLOCKED_MS);
    },
  );
});
