import type { Appended, AppliedByAll, InvalidationLog } from '../ports/invalidation-log.ts';

/**
 * Listens to the log's notifications for one receipt, from before its append on: the proof may arrive before the reply to
 * the append.
 */
export class AppliedNotifications {
  readonly stop: () => void;
  #latest: AppliedByAll | null = null;
  #wake: (proof?: AppliedByAll) => void = () => undefined;

  constructor(log: InvalidationLog) {
    this.stop = log.onApplied((proof) => {
      if (proof && isLater(proof, this.#latest)) this.#latest = proof;
      this.#wake(proof);
    });
  }

  /** Returns the proof that every registered follower has applied the appended position, or null if none has come. */
  proofOf(appended: Appended): AppliedByAll | null {
    return this.#latest && covers(this.#latest, appended) ? this.#latest : null;
  }

  /** Resolves at the proof, or at a notification without one, after which the register may have changed. */
  next(appended: Appended): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = (proof) => {
        if (!proof || covers(proof, appended)) resolve();
      };
    });
  }
}

function covers(proof: AppliedByAll, { epoch, position }: Appended): boolean {
  return proof.epoch === epoch && proof.position >= position;
}

function isLater({ epoch, position }: AppliedByAll, before: AppliedByAll | null): boolean {
  return before === null || epoch > before.epoch || (epoch === before.epoch && position > before.position);
}
