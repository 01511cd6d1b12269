import { setTimeout } from 'node:timers/promises';

/** Returns the bytes of heap and external memory after full collections. Needs `--expose-gc`. */
export async function usedBytes(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await setTimeout(20); // Buffers are freed after the collection that finds them unreachable.
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
