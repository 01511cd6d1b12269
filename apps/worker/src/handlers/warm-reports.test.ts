import { expect, test } from 'vitest';
import { firstTry } from '../testing/open-test-world.ts';
import type { KeepWarm } from '../warming/keep-warm.ts';
import { warmKeys } from './warm-keys.ts';

const reports = (warm: KeepWarm['warm']) => {
  const noted: string[] = [];
  let time = 0;
  const progress = {
    now: async () => String(++time),
    noteWarmed: async (prefix: string, beganAt: string) => void noted.push(`${prefix} since ${beganAt}`),
  };
  return { run: warmKeys({ keepWarm: { warm }, progress }), noted };
};
const COUNTS = { loaded: 0, fresh: 0, skipped: 0, failed: 0, deferred: 0 };

test('a run after an invalidation reports when it began, once it has ended', async () => {
  const { run, noted } = reports(async () => {
    expect(noted).toEqual([]);
    return COUNTS;
  });
  expect(await run({ reason: 'invalidated', prefixes: ['files', 'stats'] }, firstTry())).toEqual(COUNTS);
  expect(noted).toEqual(['files since 1', 'stats since 1']);
});

test('a run that fails, and a scheduled one, report nothing', async () => {
  const failing = reports(() => Promise.reject(new Error('no log')));
  await expect(failing.run({ reason: 'invalidated', prefixes: ['files'] }, firstTry())).rejects.toThrow('no log');
  const scheduled = reports(async () => COUNTS);
  await scheduled.run({ reason: 'scheduled', prefixes: ['files'] }, firstTry());
  expect([...failing.noted, ...scheduled.noted]).toEqual([]);
});
