import { expect, test } from 'vitest';
import { type Demand, DemandRecorder } from './hot-keys.ts';
import { parseKey } from './key.ts';

const recipe = { prefix: 'search', name: 'q', params: null };
const silent = { top: async () => [] };

test('demand is noted for a bounded number of keys, and the most asked of them are reported, hottest first', async () => {
  const recorder = new DemandRecorder();
  for (let i = 0; i < 100; i++) recorder.note(parseKey('search:hot'), recipe);
  for (let i = 0; i < 100_000; i++) recorder.note(parseKey(`search:${i}`), recipe);
  for (let i = 0; i < 50; i++) recorder.note(parseKey('search:5'), recipe);
  const reports: (readonly Demand[])[] = [];
  await recorder.report({ ...silent, add: async (demand) => void reports.push(demand) });
  expect(reports).toHaveLength(1);
  expect(reports[0]).toHaveLength(200);
  expect(reports[0]?.slice(0, 2).map(({ key, reads }) => [key, reads])).toEqual([
    ['search:hot', 100],
    ['search:5', 51],
  ]);
});

test('nothing asked, nothing reported; and each read is reported once', async () => {
  const recorder = new DemandRecorder();
  let reports = 0;
  const store = {
    ...silent,
    add: async () => {
      reports++;
    },
  };
  await recorder.report(store);
  recorder.note(parseKey('search:a'), recipe);
  await recorder.report(store);
  await recorder.report(store);
  expect(reports).toBe(1);
});
