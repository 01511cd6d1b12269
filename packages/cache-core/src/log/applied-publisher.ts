import type { Background } from '../model/background.ts';
import type { InvalidationLog } from '../ports/invalidation-log.ts';

type State = Parameters<InvalidationLog['publishApplied']>[0];

/** Publishes how far this process has applied the log. While one message is on its way, only the latest state follows it. */
export class AppliedPublisher {
  readonly #log: InvalidationLog;
  readonly #background: Background;
  readonly #state: () => State;
  #isUnderWay = false;
  #last: Promise<void> = Promise.resolve();

  constructor(log: InvalidationLog, background: Background, state: () => State) {
    this.#log = log;
    this.#background = background;
    this.#state = state;
  }

  publish(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#background.run('publish-applied', () => {
      this.#last = this.#publishLatest();
      return this.#last;
    });
  }

  /** Resolves once no message is on its way: the log has answered the last one, or has failed to. */
  async settled(): Promise<void> {
    await this.#last.catch(() => undefined); // the background work reports the error
  }

  async #publishLatest(): Promise<void> {
    try {
      let sent: State | null = null;
      for (let state = this.#state(); !isSame(sent, state); state = this.#state()) {
        sent = state;
        await this.#log.publishApplied(state);
      }
    } finally {
      this.#isUnderWay = false;
    }
  }
}

/** A position of one epoch means nothing in another. */
function isSame(sent: State | null, { epoch, applied }: State): boolean {
  return sent !== null && sent.epoch === epoch && sent.applied === applied;
}
