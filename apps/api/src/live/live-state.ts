import type { LiveAnswer, LiveSectionName } from '@pilotlight/contracts';
import { MemoizedCall } from '../http/memoized-call.ts';

/** How often the sections are sampled while a stream is open, in ms. */
const SAMPLED_EVERY_MS = 3_000;
/** A section whose sample costs more is taken less often: each probe of the health opens a connection. In samples of the others. */
const EVERY: Readonly<Record<LiveSectionName, number>> = {
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

export interface LiveStateOptions {
  readonly sections: Readonly<Record<LiveSectionName, () => Promise<object>>>;
  /** Receives the error of a section that could not be sampled. The others are. */
  readonly onError: (error: unknown, section: LiveSectionName) => void;
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
  readonly #sampledAt = new Map<LiveSectionName, number>();
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
    const sections = Object.keys(this.#options.sections) as LiveSectionName[];
    return { success: true, ...Object.fromEntries(sections.map((name) => [name, of(name)])) } as LiveAnswer;
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

  /** Samples every section that is due, and sends those that have changed to every stream, also if a request asked for the sample. */
  async #sample(): Promise<void> {
    const names = (Object.keys(this.#options.sections) as LiveSectionName[]).filter((name) => this.#isDue(name));
    const changed = (await Promise.all(names.map((name) => this.#sampleOf(name)))).filter((sample) => {
      if (sample === null || this.#latest.get(sample.name)?.text === sample.text) return false;
      this.#latest.set(sample.name, sample);
      return true;
    }) as readonly LiveSample[];
    for (const listener of this.#listeners) listener(changed);
  }

  /** By age and not by turns: requests may be hours apart. */
  #isDue(name: LiveSectionName): boolean {
    const at = this.#sampledAt.get(name);
    if (at === undefined || !this.#latest.has(name)) return true;
    return performance.now() - at >= (EVERY[name] - 0.5) * this.#everyMs;
  }

  async #sampleOf(name: LiveSectionName): Promise<LiveSample | null> {
    this.#sampledAt.set(name, performance.now());
    try {
      const data = await this.#options.sections[name]();
      return { name, at: new Date().toISOString(), data, text: JSON.stringify(data) };
    } catch (error) {
      this.#options.onError(error, name);
      this.#latest.delete(name);
      return null;
    }
  }
}
