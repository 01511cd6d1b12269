import type { Clock } from '../model/clock.ts';
import { Unreachable } from '../model/errors.ts';

/** The connection of one simulated process to the servers: it may be slow, lose replies, or be cut off. */
export class Link {
  /** The travel time of each message, in ms. */
  requestMs: () => number = () => 0;
  replyMs: () => number = () => 0;
  /** Returns true if the next reply is lost, although the server has processed the request. */
  losesReply: () => boolean = () => false;
  /** The clock of the process at this end. */
  readonly clock: Clock;
  protected readonly timeoutMs: number;
  #isCut = false;

  constructor(clock: Clock, timeoutMs = 250) {
    this.clock = clock;
    this.timeoutMs = timeoutMs;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Cuts the link: messages are lost in both directions. */
  cut(): void {
    this.#isCut = true;
  }

  /** Restores the link. */
  mend(): void {
    this.#isCut = false;
  }

  /** Sends a request: `work` runs on the server, atomically. Rejects with `Unreachable` if no reply arrives in time. */
  async call<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
    return this.#within(this.timeoutMs, what, work);
  }

  /**
   * Sends a request that the server keeps until it has an answer, or for `limitMs`: then the answer is null. `begin` runs
   * on the server, and returns a function that cancels the wait.
   */
  async wait<Result>(
    what: string,
    limitMs: number,
    begin: (answer: (result: Result) => void) => () => void,
  ): Promise<Result | null> {
    const over = new AbortController();
    const { promise, resolve } = Promise.withResolvers<Result>();
    let callOff = (): void => undefined;
    try {
      return await this.#within(limitMs + this.timeoutMs, what, () => {
        callOff = begin(resolve);
        return Promise.race([promise, this.clock.sleep(limitMs, over.signal).then(() => null)]);
      });
    } finally {
      callOff();
      over.abort();
    }
  }

  /** Delivers a notification of the server, a hint that can be lost. */
  notify(listener: () => void): void {
    if (!this.#isCut) listener();
  }

  async #within<Result>(ms: number, what: string, work: () => Result | Promise<Result>): Promise<Result> {
    const answered = new AbortController();
    const late = this.clock.sleep(ms, answered.signal).then((): never => {
      throw new Unreachable(what);
    });
    try {
      return await Promise.race([this.#roundTrip(work), late]);
    } finally {
      answered.abort();
    }
  }

  async #roundTrip<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    await this.clock.sleep(this.requestMs());
    if (this.#isCut) await never();
    const result = await work();
    await this.clock.sleep(this.replyMs());
    if (this.#isCut || this.losesReply()) await never();
    return result;
  }
}

/** A promise that never settles, as of an answer that never arrives. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
