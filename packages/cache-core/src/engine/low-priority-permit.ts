import type PQueue from 'p-queue';

/**
 * Takes a slot of the queue for work that no reader waits for. It waits until no call is queued and another slot stays free for
 * readers; a queue with one slot gives that one.
 *
 * @returns a function that frees the slot
 * @throws the signal's reason if the signal is aborted first
 */
export async function waitForSpareSlot(queue: PQueue, signal: AbortSignal): Promise<() => void> {
  while (!hasSpare(queue)) await nextEnd(queue, signal);
  const { promise, resolve } = Promise.withResolvers<void>();
  void queue.add(() => promise);
  return resolve;
}

function hasSpare({ size, pending, concurrency }: PQueue): boolean {
  return size === 0 && pending < Math.max(1, concurrency - 1);
}

/** Waits until a call ends. Each waiter checks the queue and takes its slot before the next waiter runs, so no slot is taken twice. */
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
