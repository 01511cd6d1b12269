import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import type { Demand, HotKeys } from '../ports/hot-key-store.ts';
import { DemandRecorder, MAX_NOTED_KEYS } from './demand-recorder.ts';

const recipe = { prefix: 'search', name: 'q', params: null };

function recording() {
  const tooLong: [string, number][] = [];
  const recorder = new DemandRecorder({ onTooLong: (...key) => tooLong.push(key) });
  const report = async (): Promise<readonly Demand[]> => {
    const reports: (readonly Demand[])[] = [];
    const rest = { top: async () => [], find: async () => null, forget: async () => undefined };
    const store: HotKeys = { ...rest, add: async (demand) => void reports.push(demand) };
    await recorder.report(store);
    return reports.flat();
  };
  const read = (name: string, reads = 1) => {
    for (let i = 0; i < reads; i++) recorder.note(parseKey(`search:${name}`), recipe, 20);
  };
  return { recorder, report, read, tooLong };
}

test.for(['before', 'after', 'among'] as const)(
  'given a flood of 100,000 unique keys %s hot keys, the hot keys are reported first and the others with one read each',
  async (order) => {
    const { report, read } = recording();
    const flood = (from: number, to: number) => {
      for (let i = from; i < to; i++) read(`unique-${i}`);
    };
    const hot = (reads: number) => {
      for (let key = 0; key < 20; key++) read(`hot-${key}`, reads);
    };
    if (order === 'before') flood(0, 100_000);
    if (order !== 'among') hot(300);
    if (order === 'after') flood(0, 100_000);
    // Each hot key has one of 350 reads, which is above the bound of Space-Saving, one of 1,000.
    for (let i = 0; order === 'among' && i < 300; i++) {
      hot(1);
      flood(i * 333, (i + 1) * 333);
    }
    const reported = await report();
    expect(reported).toHaveLength(200);
    expect(new Set(reported.slice(0, 20).map(({ key }) => key.replace(/\d+/, '')))).toEqual(new Set(['search:hot-']));
    for (const { reads } of reported.slice(0, 20)) expect(reads).toBeGreaterThan(200);
    for (const { reads } of reported.slice(20)) expect(reads).toBe(1);
  },
);

test('a recorder remembers at most 1,000 keys', () => {
  const { recorder, read } = recording();
  for (let i = 0; i < MAX_NOTED_KEYS; i++) read(`busy-${i}`, 50);
  for (let i = 0; i < 200_000; i++) read(`unique-${i}`);
  expect([MAX_NOTED_KEYS, recorder.noted]).toEqual([1_000, 1_000]);
});

test('the first hits after a report are recorded one by one, later ones are sampled', async () => {
  const { recorder, report } = recording();
  for (let i = 0; i < 60; i++) recorder.noteHit(parseKey(`search:${i % 2}`), recipe, 20, 0);
  expect((await report()).map(({ reads }) => reads)).toEqual([30, 30]);
  for (let i = 0; i < 64; i++) recorder.noteHit(parseKey('search:1'), recipe, 20, 0);
  expect(recorder.notesEach).toBe(false);
  for (const sampleWeight of [16, 3, 30, 15]) recorder.noteHit(parseKey('search:1'), recipe, 20, sampleWeight);
  expect((await report()).map(({ reads }) => reads)).toEqual([64 + 64]);
});

test('given a recipe over 2,048 bytes, its demand is not recorded and its key is reported', async () => {
  const { recorder, report, tooLong } = recording();
  recorder.note(parseKey('search:long'), { ...recipe, params: { q: 'x'.repeat(2_048) } }, 20);
  recorder.note(parseKey('search:short'), { ...recipe, params: { q: 'x'.repeat(1_900) } }, 20);
  expect((await report()).map(({ key }) => key)).toEqual(['search:short']);
  expect(tooLong).toEqual([['search:long', expect.any(Number)]]);
});

test('each read is reported once with its load time, and without reads there is no report', async () => {
  const { report, read } = recording();
  expect(await report()).toEqual([]);
  read('a', 2);
  expect(await report()).toEqual([{ key: 'search:a', recipe, reads: 2, loadMs: 20 }]);
  expect(await report()).toEqual([]);
});
