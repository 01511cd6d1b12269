import type { Clock } from '@pilotlight/cache-core';
import type { ManualClock } from '@pilotlight/cache-core/testing';

/**
 * One operating system process. Everything that happens in it runs through this class, so that it can be frozen (as by
 * SIGSTOP) and crash. While frozen it does nothing and does not notice; events that arrive meanwhile are delivered when
 * it wakes, in any order.
 */
export class Host {
  readonly name: string;
  /** Its own clocks. The monotonic clock continues while the process is frozen, as a real one does. */
  readonly clock: Clock;
  readonly #world: ManualClock;
  #isAlive = true;
  #isFrozen = false;
  #wakesAt = 0;
  #slowUntil = 0;
  #wallOffsetMs = 0;
  #held: (() => void)[] = [];
  #lostAt = Number.NEGATIVE_INFINITY;
  #frozenAt = Number.NEGATIVE_INFINITY;

  /** `rate`: milliseconds that its clocks count per millisecond of the world. */
  constructor(name: string, world: ManualClock, rate = 1) {
    this.name = name;
    this.#world = world;
    this.clock = {
      now: () => world.now() + world.monotonic() * (rate - 1) + this.#wallOffsetMs,
      monotonic: () => world.monotonic() * rate,
      // A timer never fires early and counts whole milliseconds.
      sleep: (ms, signal) => this.#sleep(rate === 1 ? ms : Math.ceil(ms / rate), signal),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** When it last lost a message. */
  get lostAt(): number {
    return this.#lostAt;
  }

  /** When it was last frozen. */
  get frozenAt(): number {
    return this.#isFrozen ? this.#world.monotonic() : this.#frozenAt;
  }

  noteLoss(): void {
    this.#lostAt = this.#world.monotonic();
  }

  /** Runs `run` in the process: at once, when it wakes, or never if it has crashed. */
  deliver(run: () => void): void {
    if (!this.#isAlive) return;
    if (this.#isFrozen) this.#held.push(run);
    else run();
  }

  after(ms: number, run: () => void): void {
    this.#world.after(ms, () => this.deliver(run));
  }

  freeze(ms: number): void {
    this.#isFrozen = true;
    this.#wakesAt = Math.max(this.#wakesAt, this.#world.monotonic() + ms);
    this.#world.after(ms, () => {
      if (this.#world.monotonic() >= this.#wakesAt) this.wake();
    });
  }

  wake(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    this.#frozenAt = this.#world.monotonic();
    const held = this.#held;
    this.#held = [];
    for (const run of held) this.after(0, run);
  }

  /** Whether its messages are slow in both directions. */
  get isSlow(): boolean {
    return this.#world.monotonic() < this.#slowUntil;
  }

  slowDown(ms: number): void {
    this.#slowUntil = this.#world.monotonic() + ms;
  }

  /** Stops the process permanently, wherever it is. */
  crash(): void {
    this.#isAlive = false;
    this.#held = [];
  }

  stepWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const event = this.#world.after(ms, () =>
        this.deliver(() => {
          signal?.removeEventListener('abort', wake);
          resolve();
        }),
      );
      const wake = () => {
        event.run = null;
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
