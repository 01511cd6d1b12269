import { expect, test } from 'vitest';
import { runFaults } from './run-faults.ts';

/** `SEED=… npm run prove -- random-faults` selects other faults. */
const SEED = Number(process.env['SEED'] ?? 1);
const FOR_MS = 120_000;

test(`in two minutes of random faults no read is stale and no file is lost or stuck (seed ${SEED})`, {
  timeout: 600_000,
}, async () => {
  const run = await runFaults({ seed: SEED, forMs: FOR_MS, log: (line) => console.log(line) });
  expect(run.wrong).toEqual([]);
  expect(run.happened.length).toBeGreaterThan(5);
  expect(run.reads).toBeGreaterThan(1_000);
});
