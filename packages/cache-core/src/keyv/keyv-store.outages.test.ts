import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { describe, expect, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import type { KeyvStore } from './index.ts';
import { storesOfTwoProcesses } from './testing/stores-of-two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
const { through, storeOf } = storesOfTwoProcesses((begun) => {
  ({ world, one, other } = begun);
});

describe('with the log unreachable', () => {
  test('set, delete and clear reject, and stored values stay', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(a.set('k', 'v'));
    one.durable.cut();
    const writes = [
      a.set('k', 'new'),
      a.setMany([{ key: 'k', value: 'new' }]),
      a.set('k', 'over', -1),
      a.delete('k'),
      a.deleteMany(['k']),
      a.clear(),
    ];
    const settled = await through(Promise.allSettled(writes));
    expect(settled.map((write) => write.status === 'rejected' && write.reason.code)).toEqual(
      writes.map(() => 'UNREACHABLE'),
    );
    expect(await through(b.get('k'))).toBe('v');
  });

  test.each([
    [
      '5',
      (store: KeyvStore, errors: string[]) => new Keyv({ store }).on('error', (error) => errors.push(error.message)),
    ],
    ['6', (store: KeyvStore, errors: string[]) => reported(new Keyv6({ store }), errors)],
  ])('Keyv %s answers false, and each failure is an error event', async (_, make) => {
    const errors: string[] = [];
    const keyv = make(storeOf(one), errors) as Keyv;
    one.durable.cut();
    expect([await through(keyv.set('k', 1)), await through(keyv.delete('k'))]).toEqual([false, false]);
    await through(keyv.clear());
    expect(errors).toHaveLength(3);
    expect(errors.filter((message) => !message.includes("the invalidation log can't be reached"))).toEqual([]);
  });

  test('Keyv with throwOnErrors rejects', async () => {
    const keyv = new Keyv({ store: storeOf(one), throwOnErrors: true });
    one.durable.cut();
    await expect(through(keyv.set('k', 1))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(through(keyv.delete('k'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(through(keyv.clear())).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  function reported(keyv: Keyv6, errors: string[]): Keyv6 {
    keyv.on('error', (error: Error) => errors.push(error.message));
    return keyv;
  }
});

test('with the shared tier unreachable, values that this process set are found here', async () => {
  const store = storeOf(one);
  world.shared.fail('reject');
  expect([await through(store.set('k', 'v')), await through(store.get('k'))]).toEqual([true, 'v']);
  expect([await through(store.delete('k')), await through(store.get('k'))]).toEqual([true, undefined]);
});

test.each([0, '30s'] as const)(
  'given a value that no tier takes and fillWithin %s, set returns false',
  async (fillWithin) => {
    const store = storeOf(one, { fillWithin });
    one.cache.switchTier('memory', false);
    world.shared.fail('reject');
    expect([await through(store.get('k')), await through(store.set('k', 'v'))]).toEqual([undefined, false]);
  },
);
