import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '../../packages/cache-core/src/testing/simulation/seeded-random.ts';
import { MixedLoad } from './load/mixed-load.ts';
import type { Place } from './load/reader.ts';
import { type FinalState, readFinalState } from './proof/final-state.ts';
import { judgeEnd, judgeLastRead } from './proof/judge-end.ts';
import { judgeRead } from './proof/judge-read.ts';
import type { Fault } from './schedule/fault.ts';
import { Draws } from './schedule/faults.ts';
import { measureRecovery, type Recovery } from './schedule/recovery.ts';
import { type FaultSystem, startFaultSystem } from './system/fault-system.ts';

export interface FaultRunOptions {
  readonly seed: number;
  /** How long faults come; the proof at the end takes up to a minute more. */
  readonly forMs: number;
  readonly say: (line: string) => void;
  readonly without?: readonly string[];
}

/** A fault that happened, and how long it took until all was as before. */
export interface FaultHappened {
  readonly names: readonly string[];
  readonly atMs: number;
  readonly lastedMs: number;
  readonly recovery: Recovery;
}

/** What a run came to. */
export interface FaultRun {
  readonly wrong: readonly string[];
  readonly happened: readonly FaultHappened[];
  readonly reads: number;
  readonly unverified: number;
  readonly writes: number;
  readonly unanswered: ReadonlyMap<string, number>;
}

const READERS = 5;
const WRITERS = 2;
const CALM_MS = [200, 1_500] as const;
/** Events whose jobs were lost with the queue server's data are handed over again after half of that. */
const SETTLES_WITHIN_MS = 60_000;
const SETTLE_LOOK_MS = 250;
const SAY_EVERY_MS = 5_000;
const MOST_SAID = 20;
const SHOWN_LINES = 8;

/** A mixed load on real processes, faults as the seed draws them, then the proof. */
export async function runFaults(options: FaultRunOptions): Promise<FaultRun> {
  const system = await startFaultSystem({ apis: 2, workers: 2, ...(options.without && { without: options.without }) });
  try {
    return await new Run(system, options).whole();
  } finally {
    await system.stop();
  }
}

export const placesOf = ({ apis }: FaultSystem) => apis.map(({ slot: { name, url } }): Place => ({ name, url }));

class Run {
  readonly #system: FaultSystem;
  readonly #options: FaultRunOptions;
  readonly #random: SeededRandom;
  readonly #load: MixedLoad;
  readonly #wrong: string[] = [];
  readonly #happened: FaultHappened[] = [];
  readonly #beganAt = performance.now();
  #waitingFor: readonly string[] = [];

  constructor(system: FaultSystem, options: FaultRunOptions) {
    this.#system = system;
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#load = new MixedLoad({
      places: () => placesOf(system),
      // What is asked for depends on how fast answers come, so it must not take from the faults' numbers.
      random: new SeededRandom(options.seed + 1_000_003),
      readers: READERS,
      writers: WRITERS,
      onWrong: (what) => this.#complain(what),
      lastSaid: (name) => system.apis.find(({ slot }) => slot.name === name)?.slot.lines.slice(-SHOWN_LINES) ?? [],
    });
  }

  async whole(): Promise<FaultRun> {
    const saying = setInterval(() => this.#options.say(this.#progress()), SAY_EVERY_MS);
    try {
      this.#load.start();
      await this.#faults();
      await this.#load.stop();
      await this.#prove();
    } finally {
      clearInterval(saying);
      await this.#load.close();
    }
    const { reads, versions, unanswered } = this.#load.history;
    const deletions = versions.filter(({ deletion }) => deletion).length;
    return {
      wrong: this.#wrong,
      happened: this.#happened,
      reads: reads.length,
      unverified: reads.filter(({ verified }) => !verified).length,
      writes: versions.length + deletions,
      unanswered,
    };
  }

  async #faults(): Promise<void> {
    const draws = new Draws(this.#random);
    while (performance.now() - this.#beganAt < this.#options.forMs) {
      await delay(this.#random.between(...CALM_MS));
      await this.#happen(draws.next());
    }
  }

  async #happen(faults: readonly Fault[]): Promise<void> {
    const { say } = this.#options;
    const names = faults.map(({ name }) => name);
    const began = performance.now();
    say(`${seconds(began - this.#beganAt)} ${names.join(' + ')}`);
    await Promise.all(
      faults.map(async (fault) => {
        const heal = await fault.begin({ system: this.#system, random: this.#random });
        await delay(this.#random.between(...fault.lastsMs));
        await heal();
      }),
    );
    const lastedMs = performance.now() - began;
    const withinMs = Math.max(...faults.map(({ recoversWithinMs }) => recoversWithinMs));
    const recovery = await measureRecovery(this.#load, () => placesOf(this.#system), withinMs);
    this.#happened.push({ names, atMs: began - this.#beganAt, lastedMs, recovery });
    for (const [what, ms] of Object.entries(recovery)) {
      if (ms === null)
        this.#complain(`${names.join(' + ')} (${seconds(began - this.#beganAt)}): no ${what} within ${withinMs} ms`);
    }
  }

  /** When nothing is asked any more: everything that was done, done; and every api shows exactly that. */
  async #prove(): Promise<void> {
    const { history, reader } = this.#load;
    const state = await this.#settled();
    for (const wrong of judgeEnd(history.versions, state)) this.#complain(wrong);
    const subjects = [...new Set(history.versions.map(({ subject }) => subject))];
    for (const place of placesOf(this.#system)) {
      const reads = await Promise.all([
        reader.files(place),
        ...subjects.flatMap((subject) => [reader.stats(place, subject), reader.search(place, subject)]),
      ]);
      for (const read of reads)
        for (const wrong of [...judgeLastRead(read, state), ...judgeRead(read, history)]) this.#complain(wrong);
    }
    for (const wrong of [...history.wrong, ...this.#system.crashes]) this.#complain(wrong);
  }

  async #settled(): Promise<FinalState> {
    const beganAt = performance.now();
    const giveUpAt = beganAt + SETTLES_WITHIN_MS;
    for (;;) {
      const state = await readFinalState(this.#system);
      this.#waitingFor = [...state.unsettled, ...state.openJobs];
      const isQuiet = state.unsettled.length === 0 && state.openJobs.length === 0;
      if (isQuiet) this.#options.say(`settled within ${seconds(performance.now() - beganAt)}`);
      if (isQuiet || performance.now() > giveUpAt) return state;
      await delay(SETTLE_LOOK_MS);
    }
  }

  #complain(what: string): void {
    this.#wrong.push(what);
    if (this.#wrong.length <= MOST_SAID) this.#options.say(`WRONG: ${what}`);
  }

  #progress(): string {
    const { reads, versions } = this.#load.history;
    const counts = `${reads.length} reads, ${versions.length} uploads, ${this.#happened.length} faults`;
    const waiting = this.#waitingFor.length === 0 ? '' : `; waiting for ${this.#waitingFor.slice(0, 3).join('; ')}`;
    return `${seconds(performance.now() - this.#beganAt)} ${counts}, ${this.#wrong.length} violations${waiting}`;
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
