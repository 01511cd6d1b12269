import { expect, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});

let loads = 0;
const read = ({ cache }: SimulatedProcess, position: number) =>
  world.clock.through(cache.getOrLoadWithOutcome('files:all', async () => ++loads, {}, { minPosition: { position } }));

test('given a position without its epoch, a process that has applied it answers from the cache', async () => {
  const { position } = await world.clock.through(one.cache.invalidate({ prefix: 'files' }));
  expect((await read(other, position ?? 0)).outcome.outcome).toBe('miss');
  expect((await read(other, position ?? 0)).outcome.outcome).toBe('hit');
});

test('given a position without its epoch, a process without a lease loads', async () => {
  const { position } = await world.clock.through(one.cache.invalidate({ prefix: 'files' }));
  await read(other, position ?? 0);
  other.durable.cut();
  await world.clock.advance(1_100);
  expect((await read(other, position ?? 0)).outcome).toMatchObject({ outcome: 'miss', reason: 'behind' });
});

test('given a position that no process has applied, a process loads', async () => {
  await read(other, 0);
  expect((await read(other, 1_000)).outcome).toMatchObject({ outcome: 'miss', reason: 'behind' });
});
