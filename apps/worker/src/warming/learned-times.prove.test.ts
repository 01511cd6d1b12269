import { afterEach, expect, test } from 'vitest';
import { SimulatedWarming } from '../testing/simulated-warming.ts';
import { SWEEP_EVERY_MS } from './limits.ts';

const HOUR_MS = 3_600_000;
const FIXED_MS = 60_000;
const never = new AbortController().signal;
let warming: SimulatedWarming;
afterEach(() => warming.close());

/** Reads one key every 5 s for two hours, with a worker that keeps it warm. Returns the loads of the second hour, and whether a read missed. */
async function secondHour(invalidateEveryMs: number): Promise<{ loads: number; missed: number }> {
  warming = new SimulatedWarming(FIXED_MS / 1_000);
  const { clock } = warming.world;
  const { cache } = await warming.reader();
  const worker = await warming.worker();
  let [loads, missed] = [0, 0];
  await clock.through(warming.read(cache, 7), HOUR_MS);
  for (let at = 0; at < 2 * HOUR_MS; at += SWEEP_EVERY_MS) {
    if (at === HOUR_MS) [loads, missed] = [warming.loads.length, 0];
    if (at % invalidateEveryMs === 0) {
      await clock.through(cache.invalidate({ prefix: 'search' }), HOUR_MS);
      await clock.through(worker.warm('invalidated', ['search'], never), HOUR_MS);
    }
    void worker.warm('scheduled', ['search'], never);
    void warming.read(cache, 7).then((outcome) => {
      if (outcome === 'miss') missed++;
    });
    await clock.run(SWEEP_EVERY_MS);
  }
  return { loads: warming.loads.length - loads, missed };
}

test('with an invalidation every ten minutes, a worker loads a key half as often as its fixed time asks for', async () => {
  const { loads, missed } = await secondHour(HOUR_MS / 6);
  const fixed = HOUR_MS / FIXED_MS;
  process.stdout.write(
    `${loads} loads in the second hour, 6 of them after invalidations; the fixed time asks for ${fixed}\n`,
  );
  expect(loads).toBeLessThanOrEqual(fixed / 2);
  expect(missed).toBe(0);
});
