import { beforeEach, expect, test } from 'vitest';
import { Permits } from './permits.ts';

let order: string[];
beforeEach(() => {
  order = [];
});
const waitIn = (permits: Permits, name: string, isLowPriority = false) =>
  permits.wait(() => order.push(name), isLowPriority);

test('waiters get their permits in order, and one that has left gets none', () => {
  const permits = new Permits(1);
  permits.take();
  const leave = waitIn(permits, 'left');
  waitIn(permits, 'first');
  waitIn(permits, 'second');
  leave();
  expect([permits.taken, permits.waiting, permits.take()]).toEqual([1, 2, false]);
  permits.release();
  permits.release();
  permits.release();
  expect([order, permits.taken, permits.waiting]).toEqual([['first', 'second'], 0, 0]);
});

test('given a waiter that gives its permit back at once, each waiter gets it in turn', () => {
  const permits = new Permits(1);
  permits.take();
  for (let i = 0; i < 5_000; i++) permits.wait(() => queueMicrotask(() => permits.release()));
  permits.release();
  return Promise.resolve().then(async () => {
    while (permits.taken > 0) await null;
    expect(permits.waiting).toBe(0);
  });
});

test('a waiter of low priority waits for the others, and until another permit stays free', () => {
  const permits = new Permits(2);
  permits.take();
  permits.take();
  waitIn(permits, 'low', true);
  waitIn(permits, 'reader');
  permits.release();
  expect(order).toEqual(['reader']);
  permits.release();
  expect(order).toEqual(['reader']);
  permits.release();
  expect([order, permits.taken]).toEqual([['reader', 'low'], 1]);
});

test('given one permit, a waiter of low priority gets it while it is free', () => {
  const permits = new Permits(1);
  waitIn(permits, 'low', true);
  waitIn(permits, 'reader');
  expect([order, permits.waiting]).toEqual([['low'], 1]);
  permits.release();
  expect(order).toEqual(['low', 'reader']);
});

test('given a permit less, those that are taken stay taken and fewer are granted', () => {
  const permits = new Permits(1);
  permits.take();
  permits.change(1);
  expect([permits.take(), permits.take()]).toEqual([true, false]);
  waitIn(permits, 'waiter');
  permits.change(-1);
  permits.release();
  expect([order, permits.taken]).toEqual([[], 1]);
  permits.release();
  expect(order).toEqual(['waiter']);
});
