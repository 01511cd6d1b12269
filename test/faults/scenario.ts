import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '@pilotlight/cache-core/testing';
import type { Read } from './load/history.ts';
import { MixedLoad } from './load/mixed-load.ts';
import { type Place, untilAnswered } from './load/reader.ts';
import { type FinalState, readFinalState } from './proof/final-state.ts';
import { judgeEnd, judgeLastRead } from './proof/judge-end.ts';
import { judgeRead } from './proof/judge-read.ts';
import type { Fault } from './schedule/fault.ts';
import { measureRecovery, type Recovery } from './schedule/recovery.ts';
import type { FaultSystem } from './system/fault-system.ts';

export interface ScenarioOptions {
  readonly seed: number;
  readonly log: (line: string) => void;
}

/** A fault that happened, and the time until the system had recovered. */
export interface FaultHappened {
  readonly names: readonly string[];
  readonly atMs: number;
  readonly lastedMs: number;
  readonly recovery: Recovery;
}

const READERS = 5;
const WRITERS = 2;
/** Time limit for recovery, far above what a loaded machine takes. The actual time is measured and reported. */
const RECOVERY_LIMIT_MS = 120_000;
const SETTLE_LIMIT_MS = 180_000;
const SETTLE_LOOK_MS = 250;
const MAX_LOGGED_ERRORS = 20;
const SHOWN_LINES = 20;

export const placesOf = ({ apis }: FaultSystem) => apis.map(({ slot: { name, url } }): Place => ({ name, url }));

/** A system under a mixed load. It injects faults, and at the end checks every promise. */
export class Scenario {
  readonly system: FaultSystem;
  readonly load: MixedLoad;
  /** Random numbers of the faults. */
  readonly random: SeededRandom;
  /** Every violation so far. */
  readonly wrong: string[] = [];
  readonly happened: FaultHappened[] = [];
  readonly #log: (line: string) => void;
  readonly #beganAt = performance.now();
  #waitingFor: readonly string[] = [];

  constructor(system: FaultSystem, { seed, log }: ScenarioOptions) {
    this.system = system;
    this.#log = log;
    this.random = new SeededRandom(seed);
    this.load = new MixedLoad({
      places: () => placesOf(system),
      // The requests depend on how fast responses come, so they must not consume random numbers of the faults.
      random: new SeededRandom(seed + 1_000_003),
      readers: READERS,
      writers: WRITERS,
      onWrong: (what) => this.#complain(what),
      lastSaid: (name) => system.apis.find(({ slot }) => slot.name === name)?.slot.lines.slice(-SHOWN_LINES) ?? [],
    });
  }

  get elapsedMs(): number {
    return performance.now() - this.#beganAt;
  }

  /**
   * Begins the faults together, ends each after its time, and measures the time until the system has recovered.
   *
   * @param meanwhile runs while the faults last, and extends their time
   */
  async happen(faults: readonly Fault[], meanwhile?: () => Promise<void>): Promise<FaultHappened> {
    const names = faults.map(({ name }) => name);
    const atMs = this.elapsedMs;
    this.#log(`${seconds(atMs)} ${names.join(' + ')}`);
    await Promise.all(
      faults.map(async (fault) => {
        const heal = await fault.begin({ system: this.system, random: this.random });
        try {
          await Promise.all([delay(this.random.between(...fault.lastsMs)), meanwhile?.()]);
        } finally {
          await heal();
        }
      }),
    );
    const lastedMs = this.elapsedMs - atMs;
    const recovery = await measureRecovery(this.load, () => placesOf(this.system), RECOVERY_LIMIT_MS);
    for (const [what, ms] of Object.entries(recovery)) {
      if (ms === null)
        this.#complain(`${names.join(' + ')} at ${seconds(atMs)}: no ${what} within ${RECOVERY_LIMIT_MS} ms`);
    }
    const happened = { names, atMs, lastedMs, recovery };
    this.happened.push(happened);
    return happened;
  }

  /** Ends the load. Then checks that everything that was begun is done and that every api shows exactly that. */
  async prove(): Promise<void> {
    await this.load.stop();
    const { history, reader } = this.load;
    const state = await this.#settled();
    for (const wrong of judgeEnd(history.versions, state)) this.#complain(wrong);
    const subjects = [...new Set(history.versions.map(({ subject }) => subject))];
    for (const place of placesOf(this.system)) {
      const reads: Read[] = [await untilAnswered(() => reader.files(place))];
      // One subject after the other: all at once are a flood, of which the api may shed a part.
      for (const subject of subjects)
        reads.push(
          await untilAnswered(() => reader.stats(place, subject)),
          await untilAnswered(() => reader.search(place, subject)),
        );
      for (const read of reads)
        for (const wrong of [...judgeLastRead(read, state), ...judgeRead(read, history)]) this.#complain(wrong);
    }
    for (const wrong of [...history.wrong, ...this.system.crashes]) this.#complain(wrong);
    // No fault explains a 500.
    for (const [what, times] of history.unanswered) if (/: 500\b/.test(what)) this.#complain(`${times} times ${what}`);
  }

  get progress(): string {
    const { reads, versions } = this.load.history;
    const counts = `${reads.length} reads, ${versions.length} uploads, ${this.happened.length} faults`;
    const waiting = this.#waitingFor.length === 0 ? '' : `; waiting for ${this.#waitingFor.slice(0, 3).join('; ')}`;
    return `${seconds(this.elapsedMs)} ${counts}, ${this.wrong.length} violations${waiting}`;
  }

  async #settled(): Promise<FinalState> {
    const beganAt = performance.now();
    for (;;) {
      const state = await readFinalState(this.system);
      this.#waitingFor = [...state.unsettled, ...state.openJobs];
      const tookMs = performance.now() - beganAt;
      if (this.#waitingFor.length === 0) this.#log(`settled within ${seconds(tookMs)}`);
      if (this.#waitingFor.length === 0 || tookMs > SETTLE_LIMIT_MS) return state;
      await delay(SETTLE_LOOK_MS);
    }
  }

  #complain(what: string): void {
    this.wrong.push(what);
    if (this.wrong.length <= MAX_LOGGED_ERRORS) this.#log(`VIOLATION: ${what}`);
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
