import { OriginUnavailable, SearchTooSlow } from '../errors.ts';

/**
 * After its budget a search has this time to end, in ms. A server that works cancels within a few ms; one that does not answer is
 * unavailable.
 */
const CANCEL_WITHIN_MS = 2_000;

/** The maximum duration of one whole search, with all of its statements. Counts the searches that took longer. */
export class SearchBudget {
  readonly #ms: number | null;
  readonly #server: string;
  #exceeded = 0;

  /**
   * @param ms null for no limit
   * @param server the name of the log store in errors
   */
  constructor(ms: number | null, server = 'the log store') {
    this.#ms = ms;
    this.#server = server;
  }

  /** The number of searches that were cancelled because they took longer. */
  get exceeded(): number {
    return this.#exceeded;
  }

  /**
   * Runs a search, which must reject with the reason of its signal once the server has stopped working on it.
   *
   * @throws SearchTooSlow once the search was cancelled, because it exceeded its budget
   * @throws OriginUnavailable if the search does not end within 2 s after its budget
   */
  async run<T>(search: (signal?: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const ms = this.#ms;
    if (ms === null) return await search(signal);
    const over = new AbortController();
    const tooSlow = new SearchTooSlow(ms);
    const { promise: unanswered, reject } = Promise.withResolvers<never>();
    let timer = setTimeout(() => {
      over.abort(tooSlow);
      timer = setTimeout(() => reject(notCancelled(this.#server, tooSlow)), CANCEL_WITHIN_MS);
    }, ms);
    try {
      const signals = signal === undefined ? [over.signal] : [signal, over.signal];
      return await Promise.race([search(AbortSignal.any(signals)), unanswered]);
    } catch (error) {
      if (error === tooSlow) this.#exceeded++;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function notCancelled(server: string, cause: SearchTooSlow): OriginUnavailable {
  return new OriginUnavailable(
    `${server} does not answer: a search that exceeded its time limit was not cancelled within ${CANCEL_WITHIN_MS} ms`,
    { cause },
  );
}
