import type PQueue from 'p-queue';

/**
 * Takes a place of the queue for what nobody waits for, once one is free beside the last: that is the readers' own, where
 * there is more than one. Gives what frees it. Rejects with the signal's reason.
 */
export async function takeSparePlace(queue: PQueue, signal: AbortSignal): Promise<() => void> {
  while (!hasSpare(queue)) await nextEnd(queue, signal);
  const { promise, resolve } = Promise.withResolvers<void>();
  void queue.add(() => promise);
  return resolve;
}

function hasSpare({ size, pending, concurrency }: PQueue): boolean {
  return size === 0 && pending < Math.max(1, concurrency - 1);
}

/** The next call that ends. Of those who wait for it each looks before the next does, so no place is taken twice. */
function nextEnd(queue: PQueue, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const end = (settle: () => void) => () => {
      over.abort();
      settle();
    };
    queue.addEventListener('next', end(resolve), { signal: over.signal });
    signal.addEventListener(
      'abort',
      end(() => reject(signal.reason)),
      { signal: over.signal },
    );
    if (signal.aborted) end(() => reject(signal.reason))();
  });
}
