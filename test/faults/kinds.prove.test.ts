import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Scenario } from './scenario.ts';
import type { Fault } from './schedule/fault.ts';
import { FAULTS } from './schedule/faults.ts';
import { type FaultSystem, startFaultSystem } from './system/fault-system.ts';

const HOUR_MS = 3_600_000;
/** Longer than a lease, so that every process is affected. */
const LASTS_MS = 1_500;

// Each kind of fault once, one after the other, under one load. The apis' clocks are two hours apart.
let system: FaultSystem;
let scenario: Scenario;

beforeAll(async () => {
  system = await startFaultSystem({ apis: 2, workers: 2, apisAheadMs: [HOUR_MS, -HOUR_MS] });
  scenario = new Scenario(system, { seed: 1, log: (line) => console.log(line) });
  scenario.load.start();
});
afterAll(async () => {
  await scenario?.load.close();
  await system?.stop();
});

/** A network fault affects the connections to all services at once. */
const nameOf = ({ name }: Fault): string => name.replace(/^(cache server|queue server|database): /, 'every network: ');
const kinds = [...Map.groupBy(FAULTS, nameOf)];

describe('one kind of fault under load', () => {
  test.for(kinds)('%s: no read is older than an acknowledged write, and the system recovers', async ([, faults]) => {
    const readsBefore = scenario.load.history.reads.length;
    const short = faults.map((fault): Fault => {
      const lastsMs = Math.min(fault.lastsMs[1], LASTS_MS);
      return { ...fault, lastsMs: [lastsMs, lastsMs] };
    });
    await scenario.happen(short);
    expect(scenario.wrong.splice(0)).toEqual([]);
    expect(scenario.load.history.reads.length).toBeGreaterThan(readsBefore);
  });

  test('at the end every upload is complete, every deletion is done, and nothing is stuck', async () => {
    await scenario.prove();
    expect(scenario.wrong).toEqual([]);
    expect(scenario.load.history.versions.length).toBeGreaterThan(kinds.length);
  });
});
