import { expect, test } from 'vitest';
import { SlowOrigin } from '../testing/index.ts';
import { begunWithTwoProcesses } from '../testing/two-processes.ts';

const began = begunWithTwoProcesses();
const KEY = 'files:list:1';
const POLICY = { freshFor: '60s' } as const;

/** Both processes have the value `old`, and process `other` is cut off from the log. Returns the origin. */
async function cutOff(): Promise<SlowOrigin> {
  const { one, other, world, through } = began;
  const origin = new SlowOrigin();
  origin.hurry();
  await through(other.cache.getOrLoad(KEY, origin.load, POLICY));
  await through(one.cache.getOrLoad(KEY, origin.load, POLICY));
  other.durable.cut();
  await world.clock.advance(1_100);
  await through(one.cache.invalidate({ prefix: 'other' })); // drops the other from the register, so that receipts do not wait
  await world.clock.advance(1_100);
  expect(other.cache.internal.engine.follower.state).toBe('disconnected');
  return origin;
}

test('a disconnected process answers from the position of a write on, or loads', async () => {
  const { one, other, through } = began;
  const origin = await cutOff();
  await through(other.cache.getOrLoad(KEY, origin.load, POLICY));
  origin.value = 'new';
  const receipt = await through(one.cache.invalidate({ prefix: 'files' }));
  expect(receipt.state).toBe('applied');
  // Control: without the position it serves the old answer as an unverified one.
  expect(await through(other.cache.getOrLoad(KEY, origin.load, POLICY))).toBe('old');
  const own = other.cache.getOrLoadWithOutcome(KEY, origin.load, POLICY, { minPosition: receipt });
  expect(await through(own)).toMatchObject({
    value: 'new',
    outcome: { outcome: 'miss', reason: 'behind', verified: false },
  });
});

test('a process that has applied the position answers from its cache, also when it is disconnected', async () => {
  const { one, other, world, through } = began;
  const origin = new SlowOrigin();
  origin.hurry();
  const receipt = await through(one.cache.invalidate({ prefix: 'files' }));
  await through(other.cache.getOrLoad(KEY, origin.load, POLICY));
  const read = () => through(other.cache.getOrLoadWithOutcome(KEY, origin.load, POLICY, { minPosition: receipt }));
  expect((await read()).outcome).toMatchObject({ outcome: 'hit', verified: true });
  other.durable.cut();
  await world.clock.advance(1_100);
  expect((await read()).outcome).toMatchObject({ outcome: 'hit', verified: false });
  expect(origin.loads).toBe(1);
});

test('a process that is reachable and behind reads the log instead of loading', async () => {
  const { one, other, world, through } = began;
  const origin = new SlowOrigin();
  origin.hurry();
  await through(other.cache.getOrLoad(KEY, origin.load, POLICY));
  const { epoch, asOf } = other.cache.internal.engine.follower.stamp;
  other.durable.replyMs = () => 30; // so the record is on its way when the read arrives
  const writing = one.cache.invalidate({ prefix: 'other' });
  await world.clock.settle();
  const minPosition = { position: asOf + 1, epoch };
  expect(other.cache.internal.engine.follower.stamp.asOf).toBe(asOf);
  const own = other.cache.getOrLoadWithOutcome(KEY, origin.load, POLICY, { minPosition });
  expect(await through(own)).toMatchObject({ value: 'old', outcome: { outcome: 'hit', verified: true } });
  expect([origin.loads, (await through(writing)).position]).toEqual([1, asOf + 1]);
});

test('a read with the receipt of a pending write loads, although the process is current', async () => {
  const { one, other, through } = began;
  const origin = new SlowOrigin();
  origin.hurry();
  await through(other.cache.getOrLoad(KEY, origin.load, POLICY));
  origin.value = 'new';
  one.durable.cut();
  const receipt = await through(one.cache.invalidate({ prefix: 'files' }));
  expect(receipt.state).toBe('pending');
  expect(await through(other.cache.getOrLoad(KEY, origin.load, POLICY))).toBe('old');
  const own = await through(other.cache.getOrLoadWithOutcome(KEY, origin.load, POLICY, { minPosition: receipt }));
  expect(own).toMatchObject({ value: 'new', outcome: { reason: 'behind', verified: true, stored: true } });
});

test('a read never joins a load that began before it, and reads that wait together share one', async () => {
  const { one, world, through } = began;
  const origin = new SlowOrigin();
  const minPosition = { position: null };
  const before = one.cache.getOrLoad(KEY, origin.load, POLICY);
  await world.clock.settle();
  origin.open('before'); // it has read the old value
  await world.clock.settle();
  origin.value = 'new';
  const own = one.cache.getOrLoad(KEY, origin.load, POLICY, { minPosition });
  await world.clock.settle();
  expect(origin.loads).toBe(2);
  origin.open('before');
  await world.clock.settle();
  origin.open('after');
  expect([await through(before), await through(own)]).toEqual(['old', 'new']);
});

test('a position of another epoch, or beyond the log, makes a read load', async () => {
  const { one, through } = began;
  const origin = new SlowOrigin();
  origin.hurry();
  const { epoch } = one.cache.internal.engine.follower;
  await through(one.cache.getOrLoad(KEY, origin.load, POLICY));
  for (const minPosition of [
    { position: 0, epoch: epoch - 1 },
    { position: 0, epoch: epoch + 1 },
    { position: 1_000_000, epoch },
  ]) {
    const { outcome } = await through(one.cache.getOrLoadWithOutcome(KEY, origin.load, POLICY, { minPosition }));
    expect(outcome).toMatchObject({ outcome: 'miss', reason: 'behind' });
  }
  expect(origin.loads).toBe(4);
});

test('get returns a value only from the position on', async () => {
  const { one, through } = began;
  await through(one.cache.set(KEY, 'set'));
  const receipt = await through(one.cache.invalidate({ prefix: 'other' }));
  expect(await through(one.cache.get(KEY, { minPosition: receipt }))).toBe('set');
  expect(await through(one.cache.get(KEY, { minPosition: { position: null } }))).toBeUndefined();
});

test.each([7, {}, { position: -1, epoch: 1 }, { position: 1.5 }, null])(
  'the minimum position %j is refused',
  async (wrong) => {
    const { one } = began;
    const minPosition = wrong as { position: null };
    const read = one.cache.getOrLoad(KEY, () => 1, POLICY, { minPosition });
    await expect(read).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  },
);

/** Reads with a position of which the client does not know the epoch. */
const readFrom = (origin: SlowOrigin, position: number) =>
  began.through(began.other.cache.getOrLoadWithOutcome(KEY, origin.load, POLICY, { minPosition: { position } }));

test('given a position without its epoch, only a process with a lease that has applied it answers from its cache', async () => {
  const { one, other, world, through } = began;
  const origin = new SlowOrigin();
  origin.hurry();
  const { position } = await through(one.cache.invalidate({ prefix: 'files' }));
  expect((await readFrom(origin, position ?? 0)).outcome.outcome).toBe('miss');
  expect((await readFrom(origin, position ?? 0)).outcome.outcome).toBe('hit');
  expect((await readFrom(origin, 1_000)).outcome).toMatchObject({ outcome: 'miss', reason: 'behind' });
  other.durable.cut();
  await world.clock.advance(1_100);
  expect((await readFrom(origin, position ?? 0)).outcome).toMatchObject({ outcome: 'miss', reason: 'behind' });
});
