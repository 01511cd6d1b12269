import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OriginUnavailable, SearchTooSlow } from '../errors.ts';
import { SearchBudget } from './search-budget.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A search that lasts until its signal is aborted, and then for `cancelMs`. */
const until =
  (cancelMs: number) =>
  (signal?: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => setTimeout(() => reject(signal.reason), cancelMs));
    });

test('a search within its budget answers, and leaves no timer', async () => {
  const budget = new SearchBudget(1_000);
  await expect(budget.run(async () => 'found')).resolves.toBe('found');
  expect(vi.getTimerCount()).toBe(0);
  expect(budget.exceeded).toBe(0);
});

test('a search beyond its budget is cancelled and counted, and names the limit', async () => {
  const budget = new SearchBudget(1_000);
  const refused = expect(budget.run(until(50))).rejects.toThrow(SearchTooSlow);
  await vi.advanceTimersByTimeAsync(1_049);
  expect(budget.exceeded).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await refused;
  expect(budget.exceeded).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('given a store that does not end a cancelled search, it is unavailable', async () => {
  const budget = new SearchBudget(1_000);
  const refused = expect(budget.run(() => new Promise(() => undefined))).rejects.toThrow(OriginUnavailable);
  await vi.advanceTimersByTimeAsync(3_000);
  await refused;
  expect(budget.exceeded).toBe(0);
});

test('given a caller that gives up first, the search rejects with its reason', async () => {
  const budget = new SearchBudget(1_000);
  const givingUp = new AbortController();
  const refused = expect(budget.run(until(0), givingUp.signal)).rejects.toThrow('given up');
  givingUp.abort(new Error('given up'));
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;
  expect(budget.exceeded).toBe(0);
});

test('without a budget, a search may last for any time', async () => {
  const signals: unknown[] = [];
  await new SearchBudget(null).run(async (signal) => void signals.push(signal));
  expect(signals).toEqual([undefined]);
  expect(vi.getTimerCount()).toBe(0);
});
