import { afterEach, expect, test, vi } from 'vitest';
import { type LiveSample, LiveState } from './live-state.ts';

afterEach(() => {
  vi.useRealTimers();
});

const EVERY_MS = 1_000;

/** A live state whose sections are counted, with a value that a test changes. */
function sampled() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance', 'Date'] });
  const state = { value: 1, fails: false, hangs: false, samples: 0, probes: 0, errors: [] as unknown[] };
  const live = new LiveState({
    sections: {
      cache: async () => {
        state.samples++;
        if (state.hangs) await new Promise(() => undefined);
        if (state.fails) throw new Error('away');
        return { value: state.value };
      },
      health: async () => {
        state.probes++;
        return {};
      },
      upcoming: async () => ({}),
      demo: async () => ({}),
      processes: async () => ({}),
      queues: async () => ({}),
      findings: async () => ({}),
    },
    onError: (error) => state.errors.push(error),
    everyMs: EVERY_MS,
  });
  return { state, live };
}

const names = (changed: readonly LiveSample[]) => changed.map(({ name }) => name).toSorted();

test('ten streams share one sampler', async () => {
  const { state, live } = sampled();
  const closed = new AbortController();
  for (let i = 0; i < 10; i++) live.watch(() => undefined, closed.signal);
  for (let i = 0; i < 6; i++) await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(state.samples).toBe(7);
  closed.abort();
});

test('a stream gets every section first, then only those that change', async () => {
  const { state, live } = sampled();
  const received: string[][] = [];
  const closed = new AbortController();
  live.watch((changed) => received.push(names(changed)), closed.signal);
  await vi.advanceTimersByTimeAsync(0);
  expect(received.at(-1)).toEqual([
    'cache',
    'demo',
    'findings',
    'health',
    'processes',
    'queues',
    'sampling',
    'upcoming',
  ]);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(received.at(-1)).toEqual([]);
  state.value = 2;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(received.at(-1)).toEqual(['cache']);
  closed.abort();
});

test('the health, which opens connections, is sampled at every second turn', async () => {
  const { state, live } = sampled();
  const closed = new AbortController();
  live.watch(() => undefined, closed.signal);
  for (let i = 0; i < 6; i++) await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(state.probes).toBe(4);
  closed.abort();
});

test('without streams nothing is sampled', async () => {
  const { state, live } = sampled();
  const closed = new AbortController();
  live.watch(() => undefined, closed.signal);
  await vi.advanceTimersByTimeAsync(0);
  closed.abort();
  const before = state.samples;
  await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
  expect(state.samples).toBe(before);
});

test('a section that fails is null and reported, and the others are sampled', async () => {
  const { state, live } = sampled();
  state.fails = true;
  expect(await live.latest()).toMatchObject({ cache: null, health: { data: {} }, upcoming: { data: {} } });
  expect(state.errors).toEqual([new Error('away')]);
});

test('a stream learns which section fails, since when and why, and when it is sampled again', async () => {
  const { state, live } = sampled();
  vi.setSystemTime('2026-03-01T10:00:00.000Z');
  const received: (readonly LiveSample[])[] = [];
  const closed = new AbortController();
  live.watch((changed) => received.push(changed), closed.signal);
  await vi.advanceTimersByTimeAsync(0);
  const failed = () => received.at(-1)?.find(({ name }) => name === 'sampling')?.data;
  expect(failed()).toEqual({ failed: [] });
  state.fails = true;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  const failure = { section: 'cache', since: '2026-03-01T10:00:01.000Z', reason: 'away' };
  expect(failed()).toEqual({ failed: [failure] });
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(received.at(-1)).toEqual([]);
  expect((await live.latest()).sampling?.data).toEqual({ failed: [failure] });
  state.fails = false;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(names(received.at(-1) ?? [])).toEqual(['cache', 'sampling']);
  expect(failed()).toEqual({ failed: [] });
  closed.abort();
});

test('given a section that does not answer, it fails after 10 s and the others are sampled', async () => {
  const { state, live } = sampled();
  state.hangs = true;
  const latest = live.latest();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await latest).toMatchObject({
    cache: null,
    health: { data: {} },
    sampling: { data: { failed: [{ section: 'cache', reason: 'expected a sample within 10000 ms, got none' }] } },
  });
});

test('it is watched while a stream is open, and for 12 s after a poll', async () => {
  const { live } = sampled();
  expect(live.isWatched).toBe(false);
  const closed = new AbortController();
  live.watch(() => undefined, closed.signal);
  expect(live.isWatched).toBe(true);
  closed.abort();
  expect(live.isWatched).toBe(false);
  await live.latest();
  await vi.advanceTimersByTimeAsync(11_900);
  expect(live.isWatched).toBe(true);
  await vi.advanceTimersByTimeAsync(200);
  expect(live.isWatched).toBe(false);
});

test('a stream that opens right after the last one closed gets every section at once', async () => {
  const { live } = sampled();
  const first = new AbortController();
  live.watch(() => undefined, first.signal);
  await vi.advanceTimersByTimeAsync(0);
  first.abort();
  const received: string[][] = [];
  const second = new AbortController();
  live.watch((changed) => received.push(names(changed)), second.signal);
  await vi.advanceTimersByTimeAsync(0);
  expect(received[0]).toHaveLength(8);
  second.abort();
  expect(await live.latest()).toMatchObject({ cache: { data: {} }, health: { data: {} } });
});

test('the health of a request is never older than two turns', async () => {
  const { state, live } = sampled();
  await live.latest();
  await vi.advanceTimersByTimeAsync(3_600_000);
  await live.latest();
  expect(state.probes).toBe(2);
});

test('a change that a request finds reaches the streams', async () => {
  const { state, live } = sampled();
  const received: string[][] = [];
  const closed = new AbortController();
  live.watch((changed) => received.push(names(changed)), closed.signal);
  await vi.advanceTimersByTimeAsync(0.7 * EVERY_MS);
  state.value = 2;
  await live.latest();
  expect(received.at(-1)).toEqual(['cache']);
  closed.abort();
});
