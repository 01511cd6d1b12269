import { createLogger } from '@pilotlight/runtime';
import { expect, test } from 'vitest';
import { checkLogStore } from './check-log-store.ts';

async function warnings(compareLogStore: () => Promise<{ missing: number; unknown: number }>): Promise<string[]> {
  const said: string[] = [];
  const logger = createLogger({ level: 'warn', forPeople: false, name: 'worker' });
  logger.warn = (first: unknown, message?: unknown) => {
    said.push(String(message ?? first));
  };
  const check = checkLogStore({ origin: { compareLogStore }, store: 'elasticsearch', logger });
  // The comparison and its report take a few turns of the event loop, since nothing else is awaited.
  await new Promise((resolve) => setImmediate(resolve));
  await check.stop();
  return said;
}

test('equal stores cause no warning', async () => {
  expect(await warnings(async () => ({ missing: 0, unknown: 0 }))).toEqual([]);
});

test('missing and unknown files are warned of, with the command that mends them', async () => {
  expect(await warnings(async () => ({ missing: 2, unknown: 3 }))).toEqual([
    expect.stringMatching(/no lines of 2 indexed files.*reindex --to elasticsearch"/),
    expect.stringMatching(/lines of 3 files that the database has no record of.*--remove-unknown"/),
  ]);
});

test('a comparison that fails is warned of, one that was stopped is not', async () => {
  expect(await warnings(() => Promise.reject(new Error('no answer')))).toEqual([
    'the files of the log store elasticsearch could not be compared',
  ]);
  const stopped = Promise.withResolvers<{ missing: number; unknown: number }>();
  const logger = createLogger({ level: 'warn', forPeople: false, name: 'worker' });
  logger.warn = () => {
    throw new Error('expected no warning');
  };
  const check = checkLogStore({ origin: { compareLogStore: () => stopped.promise }, store: 'postgres', logger });
  const stopping = check.stop();
  stopped.reject(new Error('stopped'));
  await expect(stopping).resolves.toBeUndefined();
});
