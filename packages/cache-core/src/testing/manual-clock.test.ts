import { gzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';

const DEEP = 1_000;

test('between two events of `run`, all promises settle that do not wait for time', async () => {
  const clock = new ManualClock();
  const happened: string[] = [];
  const goOn = async () => {
    for (let i = 0; i < DEEP; i++) await undefined;
    happened.push('what the first set going');
  };
  clock.after(1, () => void goOn());
  clock.after(1, () => happened.push('second'));
  await clock.run(1);
  expect(happened).toEqual(['what the first set going', 'second']);
});

test('`through` waits for a promise of real work', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  gzip(Buffer.alloc(50_000_000), (_, bytes) => resolve(`${bytes.length > 0}`));
  expect(await new ManualClock().through(promise)).toBe('true');
});

test('a quiet event runs in order and time advances', async () => {
  const clock = new ManualClock();
  const happened: string[] = [];
  const note = (what: string) => () => happened.push(`${what} at ${clock.monotonic()}`);
  clock.after(3, note('last'));
  clock.after(1, note('first'), true);
  clock.after(2, note('second'), true);
  await clock.run(5, () => happened.length === 3);
  expect(happened).toEqual(['first at 1', 'second at 2', 'last at 3']);
  await clock.run(5);
  expect(clock.monotonic()).toBe(8);
});
