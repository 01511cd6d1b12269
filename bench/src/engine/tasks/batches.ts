import { type PayloadSize, payload } from '../payloads.ts';
import { type ContenderOptions, openContender } from './open-contender.ts';
import { numberOf, readAll, withCpuMicros } from './reading.ts';

export interface BatchRun {
  readonly size: PayloadSize;
  /**
   * `batch`: all keys in one call. `together`: one read per key, all started at once. `apart`: one read per key, one
   * after the other.
   */
  readonly how: 'batch' | 'together' | 'apart';
  readonly forMs: number;
}

export interface BatchSpeed {
  /** Keys per second. */
  readonly perSecond: number;
  /** Processor time of this process per key. */
  readonly cpuMicros: number;
}

const BATCH = 100;
const BATCHES = 10;

/** Reads many keys that are only in the shared tier. Measures keys per second and the processor time per key. */
export async function batches(options: ContenderOptions) {
  let size: PayloadSize = '0.2 kB';
  // Some libraries derive the key of a value in a batch from the value.
  const peer = await openContender(options, async (key) =>
    Object.assign(Object(payload(size, numberOf(key))), { id: key }),
  );
  const read = {
    batch: async (keys) => {
      const values = await (peer.getOrLoadMany ?? peer.getMany)?.(keys);
      if (values?.length !== keys.length || values.includes(undefined))
        throw new Error(`${options.contender}: expected ${keys.length} values, got ${values?.length}`);
    },
    together: async (keys) => void (await Promise.all(keys.map((key) => peer.getOrLoad(key)))),
    apart: async (keys) => {
      for (const key of keys) await peer.getOrLoad(key);
    },
  } satisfies Record<BatchRun['how'], (keys: readonly string[]) => Promise<void>>;
  return {
    measure: async (run: BatchRun): Promise<BatchSpeed> => {
      size = run.size;
      const keys = Array.from(
        { length: BATCH * BATCHES },
        (_, i) => `bench:${options.contender}-batch-${size.replace(/\W/g, '')}:${i}`,
      );
      await readAll(peer, keys);
      await readAll(peer, keys);
      const batch = (n: number) => keys.slice((n % BATCHES) * BATCH, ((n % BATCHES) + 1) * BATCH);
      for (let n = 0; n < 3; n++) await read[run.how](batch(n));
      const began = performance.now();
      let n = 0;
      const { micros } = await withCpuMicros(async () => {
        for (; performance.now() - began < run.forMs; n++) await read[run.how](batch(n));
      });
      const keysRead = n * BATCH;
      return { perSecond: (keysRead * 1_000) / (performance.now() - began), cpuMicros: micros / keysRead };
    },
    close: () => peer.close(),
  };
}
