import { expect, test } from 'vitest';
import { counterStoreContract } from '../ports/testing/counter-store-contract.ts';
import { ManualClock } from '../testing/index.ts';
import { ProcessCounters } from './process-counters.ts';

counterStoreContract(async () => {
  const counters = new ProcessCounters(new ManualClock());
  return { one: counters, other: counters };
});

test('minutes are kept for an hour, and the sums for longer', async () => {
  const clock = new ManualClock();
  const counters = new ProcessCounters(clock);
  for (let minute = 0; minute < 100; minute++) {
    await counters.add({ 'a|hit': 1 });
    await clock.advance(60_000);
  }
  const { minutes } = await counters.recent();
  expect(minutes).toHaveLength(60);
  expect(await counters.read()).toEqual({ 'a|hit': 100 });
});
