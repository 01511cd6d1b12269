import { expect, test } from 'vitest';
import { runFaults } from './run-faults.ts';

const FOR_MS = 120_000;

test('in two minutes of random faults no read is older than an acknowledged write, and nothing is lost, doubled or stuck', {
  timeout: 300_000,
}, async () => {
  const run = await runFaults({ seed: 1, forMs: FOR_MS, say: (line) => console.log(line) });
  expect(run.wrong).toEqual([]);
  expect(run.happened.length).toBeGreaterThan(5);
  expect(run.reads).toBeGreaterThan(1_000);
});
