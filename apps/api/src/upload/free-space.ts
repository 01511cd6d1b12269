import { type Origin, OriginUnavailable, type StorageProblem } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';

interface FreeSpaceParts {
  readonly storage: Pick<Origin['storage'], 'problem'>;
  readonly logger: Logger;
  /** Called for each measurement that failed. */
  readonly onUnmeasured: () => void;
}

/** Measures the free space before lines are stored. */
export class FreeSpace {
  readonly #parts: FreeSpaceParts;
  #isBlind = false;

  constructor(parts: FreeSpaceParts) {
    this.#parts = parts;
  }

  /** Returns why there is no space for `bytes` more. Returns null if there is, or if it cannot be measured, which is logged and counted. */
  async problem(bytes: number): Promise<StorageProblem | null> {
    const { storage, logger, onUnmeasured } = this.#parts;
    try {
      return await storage.problem(bytes);
    } catch (error) {
      onUnmeasured();
      // What stores the lines reports an unreachable server itself; any other error is a wrong setting.
      const isNew = !this.#isBlind && !(error instanceof OriginUnavailable);
      this.#isBlind ||= isNew;
      logger[isNew ? 'warn' : 'debug']({ err: error }, 'could not measure the free space: uploads are not refused');
      return null;
    }
  }
}
