import { expect, test } from 'vitest';
import type { SimulatedProcess } from '../testing/index.ts';
import { begunWithTwoProcesses } from '../testing/two-processes.ts';
import { buildKey } from './key.ts';

const two = begunWithTwoProcesses();
const { through } = two;
const parts = { prefix: 'products', name: 'by_id', params: { id: 7 } };

test('a value set under key parts is found and deleted by the parts and by their key', async () => {
  await through(two.one.cache.set(parts, 'lamp'));
  expect(await through(two.other.cache.get(parts))).toBe('lamp');
  expect(await through(two.other.cache.get(buildKey(parts)))).toBe('lamp');
  expect(await through(two.other.cache.has(parts))).toBe(true);
  expect(await through(two.other.cache.getMany([parts, 'no:such:key']))).toEqual(['lamp', undefined]);
  expect(await through(two.other.cache.delete(parts))).toBe(true);
  expect(await through(two.one.cache.get(parts))).toBeUndefined();
});

test('a selector with key parts hits only that key, on every process', async () => {
  let loads = 0;
  const read = (from: SimulatedProcess, id: number) =>
    through(from.cache.getOrLoad({ ...parts, params: { id } }, () => `${id}, load ${++loads}`));
  await read(two.one, 7);
  await read(two.one, 8);
  expect(await through(two.one.cache.dryRun({ key: parts }))).toEqual({ memory: 1, shared: 1 });
  const receipt = await through(two.other.cache.invalidate({ key: parts }));
  expect(receipt.state).toBe('applied');
  expect([await read(two.one, 7), await read(two.one, 8)]).toEqual(['7, load 3', '8, load 2']);
  expect(await through(two.one.cache.evict({ key: parts }))).toEqual({ memory: 1, shared: 1 });
});
