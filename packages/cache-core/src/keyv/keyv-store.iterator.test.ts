import { describe, expect, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { storesOfTwoProcesses } from './testing/stores-of-two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
const { through, storeOf, listed } = storesOfTwoProcesses((begun) => {
  ({ world, one, other } = begun);
});

describe('the iterator', () => {
  test('yields every key of the namespace with its value, whichever process set it', async () => {
    const [a, b] = [storeOf(one, { namespace: 'a' }), storeOf(other, { namespace: 'a' })];
    await through(storeOf(one, { namespace: 'b' }).set('elsewhere', 0));
    await through(storeOf(one).set('nowhere', 0));
    await through(
      a.setMany([
        { key: 'plain', value: 1 },
        { key: 'odd\u0000', value: 2 },
      ]),
    );
    await through(b.set('theirs', { n: 3 }));
    const all = [
      ['plain', 1],
      ['odd\u0000', 2],
      ['theirs', { n: 3 }],
    ];
    expect(await through(listed(a))).toEqual(expect.arrayContaining(all));
    expect(await through(listed(b))).toHaveLength(3);
  });

  test('yields no deleted values, and no values of other programs', async () => {
    const store = storeOf(one);
    await through(
      store.setMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ]),
    );
    world.shared.write('keyv:#:foreign', Buffer.from('no entry'));
    world.shared.write('keyv:#:no\nkey', Buffer.from('no entry'));
    await through(other.cache.set('keyv:#:value', 'no value of a store'));
    await through(storeOf(other).delete('a'));
    expect(await through(listed(store))).toEqual([['b', 2]]);
  });

  test.each<[string, () => void]>([
    ['its keys are listed', () => world.shared.fail('reject')],
    ['their values are read', () => one.shared.cut()],
  ])('with the shared tier unreachable as %s throws instead of returning a part', async (_, lose) => {
    await through(storeOf(other).set('theirs', 1));
    lose();
    await expect(through(listed(storeOf(one)))).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});
