/**
 * Remembers the answer to an asynchronous question for `forMs`. All callers share it: at most one question is asked at a time,
 * and at most one per `forMs`. A failure is not remembered.
 */
export class MemoizedCall<Answer> {
  readonly #ask: () => Promise<Answer>;
  readonly #forMs: number;
  readonly #now: () => number;
  #asking: Promise<Answer> | null = null;
  #last: { answer: Answer; at: number } | null = null;

  /** @param now monotonic, in ms */
  constructor(ask: () => Promise<Answer>, forMs: number, now: () => number = () => performance.now()) {
    this.#ask = ask;
    this.#forMs = forMs;
    this.#now = now;
  }

  get(): Promise<Answer> {
    if (this.#last !== null && this.#now() - this.#last.at < this.#forMs) return Promise.resolve(this.#last.answer);
    this.#asking ??= this.#run().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #run(): Promise<Answer> {
    const answer = await this.#ask();
    this.#last = { answer, at: this.#now() };
    return answer;
  }
}
