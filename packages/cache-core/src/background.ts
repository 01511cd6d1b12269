/** Why work is done that nobody awaits. A closed set: anything else is awaited. */
export type BackgroundReason =
  | 'fill'
  | 'revalidate'
  | 'release'
  | 'follow'
  | 'renew'
  | 'publish-applied'
  | 'drop-dead'
  | 'report';

/** The one door for work that nobody awaits: its errors are told, and `drain` waits for all of it. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (reason: BackgroundReason, error: unknown) => void;

  constructor(onError: (reason: BackgroundReason, error: unknown) => void) {
    this.#onError = onError;
  }

  run(reason: BackgroundReason, work: () => Promise<unknown>): void {
    const running = work()
      .then(
        () => undefined,
        (error: unknown) => this.#onError(reason, error),
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
