import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import type { Demand, HotKeys } from '../ports/hot-key-store.ts';
import { SeededRandom } from '../testing/index.ts';
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
  for (let i = 0; i < 1_000; i++) recorder.noteHit(parseKey('search:1'), recipe, 20, 16);
  const [{ reads } = { reads: 0 }] = await report();
  expect(reads).toBeLessThanOrEqual(64 + 16_000);
  expect(reads).toBeGreaterThan(64 + 15_000);
});

/** Counts the records from now on. */
function countingRecords(recorder: DemandRecorder): { records: number } {
  const count = { records: 0 };
  const note = recorder.note.bind(recorder);
  recorder.note = (...noted) => {
    count.records++;
    note(...noted);
  };
  return count;
}

/** Sampled hits on 200 keys, the first with a tenth of them, in an order that `keyOf` draws. Returns the reads by key, and the records. */
async function sampled(hits: number, keyOf: (i: number) => number) {
  const { recorder, report } = recording();
  const count = countingRecords(recorder);
  for (let i = 0; i < hits; i++) recorder.noteHit(parseKey(`search:${keyOf(i)}`), recipe, 20, 16);
  const reads = new Map((await report()).map(({ key, reads }) => [key.slice('search:'.length), reads]));
  return { records: count.records, of: (key: number) => (reads.get(String(key)) ?? 0) / (16 * hits) };
}

test('the number of records grows with the logarithm of the hits', async () => {
  const { records } = await sampled(10_000, () => 0);
  const more = await sampled(80_000, () => 0);
  expect(more.records - records).toBeGreaterThan(3 * 64 - 40);
  expect(more.records - records).toBeLessThan(3 * 64 + 40);
});

test('a steady load leads to few records a report, and a later quiet one to most of them', async () => {
  const { recorder, report, read } = recording();
  const count = countingRecords(recorder);
  for (let turn = 0; turn < 20; turn++) {
    count.records = 0;
    for (let i = 0; i < 6_000; i++) recorder.noteHit(parseKey(`search:${i % 7}`), recipe, 20, 16);
    await report();
  }
  expect(count.records).toBeLessThanOrEqual(64 + 192);
  expect(count.records).toBeGreaterThanOrEqual(64 + 16);
  for (let turn = 0; turn < 12; turn++) await report();
  for (let i = 0; i < 64 + 1_000; i++) recorder.noteHit(parseKey('search:1'), recipe, 20, 16);
  read('1');
  expect((await report())[0]?.reads).toBeGreaterThan(64 + 0.9 * 16_000);
});

test.each([
  ['in a random order', (random: () => number) => () => (random() < 0.1 ? 0 : 1 + Math.floor(random() * 199))],
  ['in turn', () => (i: number) => (i % 10 === 0 ? 0 : 1 + (i % 199))],
])('given hits %s, the share of a key is estimated within its standard error', async (_, order) => {
  const shares: number[] = [];
  const { next } = new SeededRandom(1);
  for (let run = 0; run < 40; run++) shares.push((await sampled(5_000 + 77 * run, order(next))).of(0));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  // 40 reports: four times 1 / sqrt(40 * 192 * 0.1) of a tenth.
  expect(Math.abs(mean - 0.1)).toBeLessThan(4 * 0.036 * 0.1);
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
