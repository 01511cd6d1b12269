import {
  type LiveAnswer,
  type LiveSection,
  type LiveSectionName,
  MAX_REASON_CHARACTERS,
  type SampledSectionName,
} from '@pilotlight/contracts';
import pTimeout from 'p-timeout';
import { MemoizedCall } from '../http/memoized-call.ts';

/** How often the sections are sampled while a stream is open, in ms. */
const SAMPLED_EVERY_MS = 3_000;
/** A section whose sample costs more is taken less often: each probe of the health opens a connection. In samples of the others. */
const EVERY: Readonly<Record<SampledSectionName, number>> = {
  health: 2,
  cache: 1,
  upcoming: 1,
  demo: 1,
  processes: 1,
  queues: 1,
  findings: 2,
};

/** A page that polls asks every 5 s. */
const POLLED_WITHIN_MS = 12_000;
/** A section that takes longer fails, because all sections of a turn wait for each other. */
const SAMPLED_WITHIN_MS = 10_000;

/** A sample of one section, with its text for the streams. */
export interface LiveSample {
  readonly name: LiveSectionName;
  readonly at: string;
  readonly data: object;
  /** The data as JSON: made once for all streams, and compared to find changes. */
  readonly text: string;
}

/** Receives the samples that have changed; an empty list if none has. */
export type LiveListener = (changed: readonly LiveSample[]) => void;

/** Since when a section could not be sampled, and why the last time. */
type Failure = Omit<LiveSection<'sampling'>['failed'][number], 'section'>;

export interface LiveStateOptions {
  readonly sections: Readonly<Record<SampledSectionName, () => Promise<object>>>;
  /** Receives the error of a section that could not be sampled. The others are. */
  readonly onError: (error: unknown, section: SampledSectionName) => void;
  /** Defaults to 3,000. */
  readonly everyMs?: number;
}

/** The live state of the service: one sampler for all streams and requests of this process, idle while none is open. */
export class LiveState {
  readonly #options: LiveStateOptions;
  readonly #everyMs: number;
  readonly #sampling: MemoizedCall<void>;
  readonly #latest = new Map<LiveSectionName, LiveSample>();
  /** When each section was last sampled, on the monotonic clock. */
  readonly #sampledAt = new Map<SampledSectionName, number>();
  /** The sections whose latest sample failed. */
  readonly #failed = new Map<SampledSectionName, Failure>();
  readonly #listeners = new Set<LiveListener>();
  /** The open streams, also those that wait for their first sample. */
  #streams = 0;
  #timer: NodeJS.Timeout | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LiveStateOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? SAMPLED_EVERY_MS;
    this.#sampling = new MemoizedCall(() => this.#sample(), this.#everyMs / 2);
  }

  /** Whether a stream is open, or a page has polled in the last 12 s. */
  get isWatched(): boolean {
    return this.#streams > 0 || performance.now() - this.#askedAt < POLLED_WITHIN_MS;
  }

  /** Returns the latest sample of each section, of the health at most 1.5 × `everyMs` old and of the others at most half of it. */
  async latest(): Promise<LiveAnswer> {
    this.#askedAt = performance.now();
    await this.#sampling.get();
    const of = (name: LiveSectionName) => {
      const sample = this.#latest.get(name);
      return sample === undefined ? null : { at: sample.at, data: sample.data };
    };
    const names: readonly LiveSectionName[] = [...this.#names, 'sampling'];
    return { success: true, ...Object.fromEntries(names.map((name) => [name, of(name)])) } as LiveAnswer;
  }

  /** Calls `listener` with every section first, then with each change, until `signal` is aborted. */
  watch(listener: LiveListener, signal: AbortSignal): void {
    if (signal.aborted) return;
    const isSampled = this.#streams++ > 0 && this.#latest.size > 0;
    signal.addEventListener('abort', () => this.#remove(listener), { once: true });
    this.#timer ??= setInterval(() => void this.#sampling.get(), this.#everyMs);
    if (isSampled) this.#begin(listener);
    void this.#sampling.get().then(() => {
      // Without a stream nothing has been sampled, so the first one waits for a sample.
      if (!isSampled && !signal.aborted) this.#begin(listener);
    });
  }

  #begin(listener: LiveListener): void {
    listener([...this.#latest.values()]);
    this.#listeners.add(listener);
  }

  #remove(listener: LiveListener): void {
    this.#listeners.delete(listener);
    this.#streams--;
    if (this.#streams > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  get #names(): readonly SampledSectionName[] {
    return Object.keys(this.#options.sections) as SampledSectionName[];
  }

  /** Samples every section that is due, and sends those that have changed to every stream, also if a request asked for the sample. */
  async #sample(): Promise<void> {
    const due = this.#names.filter((name) => this.#isDue(name));
    const samples = await Promise.all(due.map((name) => this.#sampleOf(name)));
    const changed = [...samples.filter((sample) => sample !== null), this.#failures()].filter((sample) => {
      if (this.#latest.get(sample.name)?.text === sample.text) return false;
      this.#latest.set(sample.name, sample);
      return true;
    });
    for (const listener of this.#listeners) listener(changed);
  }

  /** By age and not by turns: requests may be hours apart. */
  #isDue(name: SampledSectionName): boolean {
    const at = this.#sampledAt.get(name);
    if (at === undefined || !this.#latest.has(name)) return true;
    return performance.now() - at >= (EVERY[name] - 0.5) * this.#everyMs;
  }

  async #sampleOf(name: SampledSectionName): Promise<LiveSample | null> {
    this.#sampledAt.set(name, performance.now());
    try {
      const data = await pTimeout(this.#options.sections[name](), {
        milliseconds: SAMPLED_WITHIN_MS,
        message: `expected a sample within ${SAMPLED_WITHIN_MS} ms, got none`,
      });
      this.#failed.delete(name);
      return sampleNow(name, data);
    } catch (error) {
      this.#options.onError(error, name);
      this.#latest.delete(name);
      const since = this.#failed.get(name)?.since ?? new Date().toISOString();
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON_CHARACTERS);
      this.#failed.set(name, { since, reason });
      return null;
    }
  }

  #failures(): LiveSample {
    const failed = this.#names.flatMap((section) => {
      const failure = this.#failed.get(section);
      return failure === undefined ? [] : [{ section, ...failure }];
    });
    return sampleNow('sampling', { failed } satisfies LiveSection<'sampling'>);
  }
}

function sampleNow(name: LiveSectionName, data: object): LiveSample {
  return { name, at: new Date().toISOString(), data, text: JSON.stringify(data) };
}
