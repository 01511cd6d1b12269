import { type Channel, channel } from 'node:diagnostics_channel';
import { cacheChannels, type LogMessage } from '../model/diagnostics.ts';
import type { Stamp } from '../model/entry.ts';

/** Publishes each change of a process's state towards the log once, on the diagnostics channel. */
export class LogEvents {
  readonly #channel: Channel<LogMessage> = channel(cacheChannels.log);
  readonly #cache: string;
  #isDisconnected = false;

  /** @param cache the name of the cache that the follower belongs to */
  constructor(cache: string) {
    this.#cache = cache;
  }

  reached({ epoch, asOf }: Stamp): void {
    this.#isDisconnected = false;
    this.#publish('reachable', epoch, asOf);
  }

  lost({ epoch, asOf }: Stamp): void {
    this.#publish('unreachable', epoch, asOf);
  }

  /** Publishes `disconnected`, once until the log is reached again. */
  disconnected({ epoch, asOf }: Stamp): void {
    if (this.#isDisconnected) return;
    this.#isDisconnected = true;
    this.#publish('disconnected', epoch, asOf);
  }

  entered(epoch: number): void {
    this.#publish('epoch', epoch, 0);
  }

  #publish(change: LogMessage['change'], epoch: number, applied: number): void {
    if (this.#channel.hasSubscribers) this.#channel.publish({ cache: this.#cache, change, epoch, applied });
  }
}
