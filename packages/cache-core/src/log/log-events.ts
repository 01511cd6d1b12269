import { type Channel, channel } from 'node:diagnostics_channel';
import { cacheChannels, type LogMessage } from '../diagnostics.ts';
import type { Stamp } from '../entry.ts';

/** Tells how a process comes to stand to the log, each change once. */
export class LogEvents {
  readonly #told: Channel<LogMessage> = channel(cacheChannels.log);
  readonly #cache: string;
  #isDisconnected = false;

  /** @param cache the name of the cache whose follower it is */
  constructor(cache: string) {
    this.#cache = cache;
  }

  reached({ epoch, asOf }: Stamp): void {
    this.#isDisconnected = false;
    this.#tell('reachable', epoch, asOf);
  }

  lost({ epoch, asOf }: Stamp): void {
    this.#tell('unreachable', epoch, asOf);
  }

  /** Once until the log is reached again. */
  disconnected({ epoch, asOf }: Stamp): void {
    if (this.#isDisconnected) return;
    this.#isDisconnected = true;
    this.#tell('disconnected', epoch, asOf);
  }

  entered(epoch: number): void {
    this.#tell('epoch', epoch, 0);
  }

  #tell(change: LogMessage['change'], epoch: number, applied: number): void {
    if (this.#told.hasSubscribers) this.#told.publish({ cache: this.#cache, change, epoch, applied });
  }
}
