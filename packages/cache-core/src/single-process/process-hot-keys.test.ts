import { expect, test } from 'vitest';
import { parseKey } from '../key.ts';
import { ManualClock } from '../testing/index.ts';
import { ProcessHotKeys } from './process-hot-keys.ts';

const demandFor = (key: string, prefix: string, reads: number) => ({
  key: parseKey(key),
  recipe: { prefix, name: 'n', params: null },
  reads,
  loadMs: 1,
});

test('the most asked come first, of the asked prefixes only', async () => {
  const hot = new ProcessHotKeys(new ManualClock());
  await hot.add([demandFor('a:1', 'a', 3), demandFor('a:2', 'a', 4), demandFor('b:1', 'b', 9)]);
  await hot.add([demandFor('a:1', 'a', 3)]);
  expect((await hot.top(10, ['a'])).map(({ key }) => key)).toEqual(['a:1', 'a:2']);
  expect((await hot.top(1, ['a', 'b'])).map(({ key }) => key)).toEqual(['b:1']);
});

test('demand halves every five minutes, and is forgotten below a quarter of a read', async () => {
  const clock = new ManualClock();
  const hot = new ProcessHotKeys(clock);
  await hot.add([demandFor('a:was-hot', 'a', 10)]);
  await clock.advance(1_200_000);
  await hot.add([demandFor('a:now', 'a', 1)]);
  expect((await hot.top(10, ['a'])).map(({ key }) => key)).toEqual(['a:now', 'a:was-hot']);
  await clock.advance(600_001);
  expect(await hot.top(10, ['a'])).toEqual([]);
});

test('of a flood of keys the hot stay', async () => {
  const hot = new ProcessHotKeys(new ManualClock());
  await hot.add([demandFor('a:hot', 'a', 50)]);
  for (let i = 0; i < 15; i++) await hot.add(Array.from({ length: 200 }, (_, j) => demandFor(`a:${i}-${j}`, 'a', 1)));
  const top = await hot.top(10_000, ['a']);
  expect([top[0]?.key, top.length]).toEqual(['a:hot', 2_000]);
});
