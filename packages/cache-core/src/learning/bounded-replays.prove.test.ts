import { describe, expect, test } from 'vitest';
import { searchTrace, type TraceOrMissing, webTrace, zipfTrace } from '../testing/traces.ts';
import { boundedTable, type Compared, compareBounded, WORLDS } from './testing/announced-changes.ts';

/** Reads of a replay, the first of a trace, spread over 2.8 hours. With 10,000 it prints the table of decision 42. */
const READS = 3_000;
const EVERY_MS = 10_000_000 / READS;
const LIMIT = 0.01;
const MINUTE_MS = 60_000;

const REPLAYS: readonly { readonly trace: TraceOrMissing; readonly fixedMs: number }[] = [
  { trace: webTrace(), fixedMs: MINUTE_MS },
  { trace: searchTrace(READS, 1), fixedMs: 5 * MINUTE_MS },
  { trace: zipfTrace(READS / 20, READS, 1), fixedMs: 10 * MINUTE_MS },
];

describe.for(REPLAYS)('times learnt between a fifth and five times the fixed time', ({ trace, fixedMs }) => {
  const missing = 'missing' in trace ? trace.missing : null;
  const title = 'name' in trace ? trace.name : `skipped: ${missing}`;
  const compared = async (): Promise<Compared[]> => {
    if ('missing' in trace) return [];
    const first = { name: trace.name, keys: trace.keys.slice(0, READS) };
    const rows: Compared[] = [];
    for (const world of WORLDS)
      rows.push(await compareBounded({ trace: first, everyMs: EVERY_MS, fixedMs, world, limit: LIMIT }));
    return rows;
  };
  test.skipIf(missing !== null)(
    `take fewer loads at no stale read if every change is invalidated: ${title}`,
    async () => {
      const rows = await compared();
      process.stdout.write(`${boundedTable(rows)}\n`);
      const [invalidated, mostly, hidden] = rows;
      expect(invalidated?.fixed.stale).toBe(0);
      expect(invalidated?.learnt.stale).toBe(0);
      expect(invalidated?.learnt.loads).toBeLessThan(invalidated?.fixed.loads ?? 0);
      // Without invalidations the share of stale reads falls towards the limit, which may take more loads.
      expect(mostly?.learnt.stale).toBeLessThanOrEqual(LIMIT);
      expect(hidden?.fixed.stale).toBeGreaterThan(0);
      expect(hidden?.learnt.stale).toBeLessThan(hidden?.fixed.stale ?? 0);
    },
  );
});
