import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import { hotKeyStoreContract } from '../ports/testing/hot-key-store-contract.ts';
import { ManualClock } from '../testing/index.ts';
import { ProcessHotKeys } from './process-hot-keys.ts';

const demandFor = (key: string, reads: number) => ({
  key: parseKey(key),
  recipe: '{}',
  reads,
  loadMs: 1,
});

hotKeyStoreContract(async () => {
  const hot = new ProcessHotKeys(new ManualClock());
  return { one: hot, other: hot };
});

test('demand halves every five minutes and is forgotten below a quarter of a read', async () => {
  const clock = new ManualClock();
  const hot = new ProcessHotKeys(clock);
  await hot.add([demandFor('a:was-hot', 10)]);
  await clock.advance(1_200_000);
  await hot.add([demandFor('a:now', 1)]);
  expect((await hot.top(10, ['a'])).map(({ key }) => key)).toEqual(['a:now', 'a:was-hot']);
  await clock.advance(600_001);
  expect(await hot.top(10, ['a'])).toEqual([]);
});
