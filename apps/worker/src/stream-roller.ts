import { type Origin, OriginUnavailable } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';

export interface StreamRollerOptions {
  readonly streams: Pick<Origin['streams'], 'roll'>;
  readonly logger: Logger;
  /** Called with the number of files of a run that rolled some. */
  readonly onRolled: (files: number) => void;
  /** The interval of the looks, in ms. Default 500. */
  readonly lookEveryMs?: number;
}

/**
 * Rolls the open files of streams that are due. Every worker process runs it, so the open file of an api that died is rolled like any
 * other.
 */
export class StreamRoller {
  readonly #loop: Loop;

  constructor({ streams, logger, onRolled, lookEveryMs = 500 }: StreamRollerOptions) {
    const outage = new Outage(logger, {
      begun: 'open files of streams cannot be rolled',
      over: 'open files of streams are rolled again',
    });
    this.#loop = new Loop('roller of streams', logger, async () => {
      try {
        const files = await streams.roll();
        if (files > 0) onRolled(files);
        outage.end();
      } catch (error) {
        if (!(error instanceof OriginUnavailable)) throw error;
        outage.begin(error);
      }
      return lookEveryMs;
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}
