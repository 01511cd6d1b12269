/** The time in which the queue runs reads before the event loop continues with its I/O, in ms. */
const SLICE_MS = 2;
/** After the reads of a turn, turns that have accepted a connection run none for this multiple of their time. */
const ACCEPT_FACTOR = 3;
/** CoDel's interval: a queue that has not been empty for this time is more than a burst, in ms. */
export const INTERVAL_MS = 200;
/** A turn, and its reads, count for at most this time, in ms: a process that the system has stopped is not overloaded. */
const MAX_TURN_MS = 50;
/** CoDel's target: how long the first read of an overloaded queue may have waited, in ms. */
const TARGET_MS = 10;
/** Fewer reads than this do not make an overload: on a busy machine, or before the code is compiled, one read may take 100 ms. */
const MIN_WAITING = 16;
/** After a refusal, a queue that is filled again does not count as a burst for this time, in ms. */
const MEMORY_MS = 1_000;

export interface ReadQueueOptions {
  /** Monotonic, in ms. */
  now(): number;
  /** Runs a function after the I/O that the event loop handles in this turn. */
  schedule(run: () => void): void;
}

interface Waiting {
  readonly since: number;
  run(): void;
}

const SYSTEM: ReadQueueOptions = { now: () => performance.now(), schedule: (run) => void setImmediate(run) };

/**
 * Runs the reads that the fast path has not answered, first come, first served, for 2 ms in each turn of the event loop. In between,
 * the loop accepts connections, answers hits and refuses reads. Node accepts one connection per turn: with long turns, clients wait for
 * seconds before their request is read. So a turn that has accepted a connection runs one read at most, and such turns together spend
 * a quarter of their time on reads.
 *
 * A burst waits; an overload is refused. The rule is CoDel's (RFC 8289) in its form for servers (Maurer: Fail at Scale, ACM Queue 13(8),
 * 2015): the queue is overloaded if at least 16 reads wait, it has not been empty for 200 ms and its first read has waited for more than 10 ms. For a second
 * after a refusal the second condition is dropped, because otherwise each new 200 ms of waiting would be the p99.
 */
export class ReadQueue {
  readonly #options: ReadQueueOptions;
  readonly #waiting: Waiting[] = [];
  /** For how long it has not been empty, as far as turns count. */
  #filledMs = 0;
  #countedAt = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #shed = 0;
  #isScheduled = false;
  #hasAccepted = false;
  /** Until then, turns that have accepted a connection run no read. */
  #acceptsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: ReadQueueOptions = SYSTEM) {
    this.#options = options;
  }

  /**
   * Calls `run` after the reads that came before. Returns false, without doing so, if the queue is overloaded, or if reads wait that
   * the origin would refuse anyway.
   *
   * @param isOriginFull whether the origin refuses further loads now
   */
  offer(run: () => void, isOriginFull: boolean): boolean {
    if (this.isOverloaded || (isOriginFull && this.#waiting.length > 0)) {
      this.#refusedAt = this.#options.now();
      this.#shed++;
      return false;
    }
    this.add(run);
    return true;
  }

  /** Calls `run` after the reads that came before. */
  add(run: () => void): void {
    const since = this.#options.now();
    if (this.#waiting.length === 0) {
      this.#filledMs = 0;
      this.#countedAt = since;
    }
    this.#waiting.push({ since, run });
    this.#schedule();
  }

  /** The reads that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The reads refused since the start. */
  get shed(): number {
    return this.#shed;
  }

  get isOverloaded(): boolean {
    const [first] = this.#waiting;
    if (first === undefined || this.#waiting.length < MIN_WAITING) return false;
    const now = this.#options.now();
    const isBurst = this.#filledMs <= INTERVAL_MS && now - this.#refusedAt > MEMORY_MS;
    return !isBurst && now - first.since > TARGET_MS;
  }

  /** Call it when the server has accepted a connection: more may wait. */
  connectionAccepted(): void {
    this.#hasAccepted = true;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    this.#options.schedule(() => {
      this.#isScheduled = false;
      try {
        this.#runSlice();
      } finally {
        this.#schedule();
      }
    });
  }

  #runSlice(): void {
    const { now } = this.#options;
    const beganAt = now();
    this.#filledMs += Math.min(beganAt - this.#countedAt, MAX_TURN_MS);
    this.#countedAt = beganAt;
    const hasAccepted = this.#hasAccepted;
    this.#hasAccepted = false;
    if (hasAccepted && beganAt < this.#acceptsUntil) return;
    const until = beganAt + (hasAccepted ? 0 : SLICE_MS);
    do this.#waiting.shift()?.run();
    while (this.#waiting.length > 0 && now() < until);
    const endedAt = now();
    this.#acceptsUntil = endedAt + ACCEPT_FACTOR * Math.min(endedAt - beganAt, MAX_TURN_MS);
  }
}
