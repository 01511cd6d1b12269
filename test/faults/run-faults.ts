import { setTimeout as delay } from 'node:timers/promises';
import { type FaultHappened, Scenario } from './scenario.ts';
import { Draws } from './schedule/faults.ts';
import { startFaultSystem } from './system/fault-system.ts';

export interface FaultRunOptions {
  readonly seed: number;
  /** Duration of the faults; the final checks take up to a minute more. */
  readonly forMs: number;
  readonly log: (line: string) => void;
}

/** Result of a run. */
export interface FaultRun {
  readonly wrong: readonly string[];
  readonly happened: readonly FaultHappened[];
  readonly reads: number;
  readonly unverified: number;
  readonly writes: number;
  readonly unanswered: ReadonlyMap<string, number>;
}

const CALM_MS = [200, 1_500] as const;
const LOG_EVERY_MS = 5_000;
const HOUR_MS = 3_600_000;

/**
 * Runs a mixed load on real processes with the faults that the seed selects, then the final checks. The apis' clocks
 * are two hours apart.
 */
export async function runFaults({ seed, forMs, log }: FaultRunOptions): Promise<FaultRun> {
  const system = await startFaultSystem({ apis: 2, workers: 2, apisAheadMs: [HOUR_MS, -HOUR_MS] });
  const scenario = new Scenario(system, { seed, log });
  const logging = setInterval(() => log(scenario.progress), LOG_EVERY_MS);
  try {
    const { load, random } = scenario;
    load.start();
    const draws = new Draws(random);
    while (scenario.elapsedMs < forMs) {
      await delay(random.between(...CALM_MS));
      await scenario.happen(draws.next());
    }
    await scenario.prove();
  } finally {
    clearInterval(logging);
    await scenario.load.close();
    await system.stop();
  }
  return cameTo(scenario);
}

function cameTo({ wrong, happened, load: { history } }: Scenario): FaultRun {
  const { reads, versions, unanswered } = history;
  return {
    wrong,
    happened,
    reads: reads.length,
    unverified: reads.filter(({ verified }) => !verified).length,
    writes: versions.length + versions.filter(({ deletion }) => deletion).length,
    unanswered,
  };
}
