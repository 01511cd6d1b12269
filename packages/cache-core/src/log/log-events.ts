import { type Channel, channel } from 'node:diagnostics_channel';
import { cacheChannels, type LogMessage } from '../diagnostics.ts';
import type { Stamp } from '../entry.ts';

/** Tells how a process comes to stand to the log, each change once. */
export class LogEvents {
  readonly #told: Channel<LogMessage> = channel(cacheChannels.log);
  readonly #cache: string;
  #isBlind = false;

  /** @param cache the name of the cache whose follower it is */
  constructor(cache: string) {
    this.#cache = cache;
  }

  reached({ epoch, asOf }: Stamp): void {
    this.#isBlind = false;
    this.#tell('reachable', epoch, asOf);
  }

  lost({ epoch, asOf }: Stamp): void {
    this.#tell('unreachable', epoch, asOf);
  }

  /** Once until the log is reached again. */
  blind({ epoch, asOf }: Stamp): void {
    if (this.#isBlind) return;
    this.#isBlind = true;
    this.#tell('blind', epoch, asOf);
  }

  entered(epoch: number): void {
    this.#tell('epoch', epoch, 0);
  }

  #tell(change: LogMessage['change'], epoch: number, applied: number): void {
    if (this.#told.hasSubscribers) this.#told.publish({ cache: this.#cache, change, epoch, applied });
  }
}
