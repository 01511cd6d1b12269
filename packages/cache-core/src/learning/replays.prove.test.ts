import { describe, expect, test } from 'vitest';
import { searchTrace, webTrace, zipfTrace } from '../testing/traces.ts';
import { compare, compareTable } from './testing/compare.ts';

const TRACES = [
  { trace: webTrace(), everyMs: 200, limit: 0.05 },
  { trace: searchTrace(80_000, 1), everyMs: 50, limit: 0.05 },
  { trace: zipfTrace(5_000, 60_000, 1), everyMs: 200, limit: 0.05 },
];

describe.for(TRACES)(
  'learnt times, on real requests and data that changes at known rates',
  ({ trace, everyMs, limit }) => {
    const missing = 'missing' in trace ? trace.missing : null;
    test.skipIf(missing !== null)(
      `take at least 30 % fewer loads than fixed ones, at no more stale reads: ${missing === null && 'name' in trace ? trace.name : `skipped: ${missing}`}`,
      async () => {
        if ('missing' in trace) return;
        const compared = await compare(trace, everyMs, limit);
        process.stdout.write(`${compareTable([compared])}\n`);
        const { fixed, byKey, byKind } = compared;
        expect(byKind.loads / fixed.loads).toBeLessThanOrEqual(0.7);
        expect(byKind.stale).toBeLessThanOrEqual(fixed.stale);
        for (const { stale } of [byKey, byKind]) expect(stale).toBeLessThanOrEqual(limit);
      },
    );
  },
);
