import { Unreachable } from '@pilotlight/cache-core';
import type { ManualClock } from '@pilotlight/cache-core/testing';
import { Link } from '@pilotlight/cache-core/testing';
import type { Host } from './host.ts';

export interface FaultyLinkOptions {
  readonly host: Host;
  readonly world: ManualClock;
  readonly timeoutMs: number;
  /** Travel time of a message in ms. */
  readonly delayMs: () => number;
  readonly losesReply: () => boolean;
}

/**
 * A link whose every message is a separate event: a sent message arrives even if its sender has crashed, a reply to a
 * frozen process waits for it, and a reply may come after its sender gave up, or overtake another.
 */
export class FaultyLink extends Link {
  readonly #options: FaultyLinkOptions;
  #requests = { delayMs: 0, until: Number.NEGATIVE_INFINITY };

  constructor(options: FaultyLinkOptions) {
    super(options.host.clock, options.timeoutMs);
    this.#options = options;
  }

  /** Adds a delay to requests sent in the next `forMs`. Replies are not delayed. */
  delayRequests(delayMs: number, forMs: number): void {
    this.#requests = { delayMs, until: this.#options.world.monotonic() + forMs };
  }

  override call<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const call = this.#send(what, this.timeoutMs, reject);
      this.#arrive(call, () => {
        let result: Result | Promise<Result>;
        try {
          result = work();
        } catch (error) {
          this.#answer(call, () => reject(error));
          return;
        }
        if (result instanceof Promise)
          this.#giveUp(call); // The server accepts the message and never answers.
        else {
          const answer = result;
          this.#answer(call, () => resolve(answer));
        }
      });
    });
  }

  override wait<Result>(
    what: string,
    limitMs: number,
    begin: (answer: (result: Result) => void) => () => void,
  ): Promise<Result | null> {
    return new Promise((resolve, reject) => {
      const call = this.#send(what, limitMs + this.timeoutMs, reject);
      this.#arrive(call, () => {
        let isAnswered = false;
        const answer = (result: Result | null) => {
          if (isAnswered) return;
          isAnswered = true;
          limit.run = null;
          this.#answer(call, () => resolve(result));
        };
        const limit = this.#options.world.after(limitMs, () => {
          callOff();
          answer(null);
        });
        const callOff = begin(answer);
      });
    });
  }

  override notify(listener: () => void): void {
    const { world, host, delayMs, losesReply } = this.#options;
    if (this.isCut || losesReply()) return;
    world.after(delayMs(), () => host.deliver(listener));
  }

  #send(what: string, timeoutMs: number, reject: (error: Unreachable) => void): Call {
    const { world } = this.#options;
    return { deadline: world.monotonic() + timeoutMs, isGivenUp: false, fail: () => reject(new Unreachable(what)) };
  }

  #arrive(call: Call, work: () => void): void {
    const { world, delayMs } = this.#options;
    const delay = delayMs() + (world.monotonic() < this.#requests.until ? this.#requests.delayMs : 0);
    if (world.monotonic() + delay >= call.deadline) this.#giveUp(call);
    // The servers answer immediately; the arrival of their replies is an event.
    world.after(
      delay,
      () => {
        if (this.isCut) this.#giveUp(call);
        else work();
      },
      true,
    );
  }

  #answer(call: Call, settle: () => void): void {
    const { world, host, delayMs, losesReply } = this.#options;
    const delay = delayMs();
    if (losesReply() || world.monotonic() + delay >= call.deadline) {
      this.#giveUp(call);
      return;
    }
    world.after(delay, () => {
      if (this.isCut) this.#giveUp(call);
      else host.deliver(settle);
    });
  }

  /** No reply will come in time: the sender detects that by its own clock. */
  #giveUp(call: Call): void {
    if (call.isGivenUp) return;
    call.isGivenUp = true;
    const { world, host } = this.#options;
    host.noteLoss();
    world.after(call.deadline - world.monotonic(), () => {
      host.deliver(() => {
        host.noteLoss();
        call.fail();
      });
    });
  }
}

interface Call {
  readonly deadline: number;
  isGivenUp: boolean;
  readonly fail: () => void;
}
