import type { Clock } from '../clock.ts';
import { Unreachable } from '../errors.ts';

/** The way from one simulated process to the servers: it may be slow, lose replies, or be cut off. */
export class Link {
  /** How long each message travels, in milliseconds. */
  requestMs: () => number = () => 0;
  replyMs: () => number = () => 0;
  /** Whether the next reply is lost, though what was asked for has been done. */
  losesReply: () => boolean = () => false;
  /** The time of the process at this end. */
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

  /** From now on nothing gets through, in either direction. */
  cut(): void {
    this.#isCut = true;
  }

  /** From now on what is sent gets through again. */
  mend(): void {
    this.#isCut = false;
  }

  /** What the server does with a request: `work` runs there in one piece. `Unreachable` when no reply came in time. */
  async call<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
    return this.#within(this.timeoutMs, what, work);
  }

  /**
   * A request that the server keeps until it has something to answer, or for `limitMs`: then the answer is null. `begin`
   * runs there, and gives what calls the waiting off.
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

  /** What the server tells without being asked, a hint that can be lost. */
  tell(listener: () => void): void {
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

/** What waiting for an answer that does not come is. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
