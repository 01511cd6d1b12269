import { expect, test } from 'vitest';
import { Background, failuresTo } from './background.ts';
import type { BackgroundReason } from './diagnostics.ts';
import { silentLogger } from './logger.ts';

function background() {
  const told: [BackgroundReason, unknown][] = [];
  return { told, background: new Background('main', (reason, error) => told.push([reason, error])) };
}

test('draining waits for all that is under way, also for what it starts itself', async () => {
  const { background: work } = background();
  const done: string[] = [];
  work.run('fill', async () => {
    await Promise.resolve();
    done.push('first');
    work.run('release', async () => {
      await Promise.resolve();
      done.push('second');
    });
  });
  await work.drain();
  expect(done).toEqual(['first', 'second']);
});

test('every error is told with its reason, whether work rejects or throws, and draining does not fail', async () => {
  const { told, background: work } = background();
  const error = new Error('no');
  work.run('fill', () => Promise.reject(error));
  work.run('release', () => {
    throw error;
  });
  await work.drain();
  expect(new Map(told)).toEqual(
    new Map([
      ['fill', error],
      ['release', error],
    ]),
  );
});

test('a reload that fails in the background is a warning, with its error; other failures are errors', () => {
  const lines: string[] = [];
  const line = (level: string) => (first: string | object, second?: string) => {
    lines.push(`${level} ${typeof first === 'string' ? first : second}`);
  };
  const failed = failuresTo({ ...silentLogger, warn: line('warn'), error: line('error') });
  failed('revalidate', new Error('the database is busy'));
  failed('fill', new TypeError('not a function'));
  expect(lines).toEqual([
    'warn reloading in the background failed: Error: the database is busy',
    'error background work failed: fill',
  ]);
});

test('draining can leave out what goes on until its connection is closed', async () => {
  const { background: work } = background();
  const { promise, resolve } = Promise.withResolvers<void>();
  let hasEnded = false;
  work.run('follow', async () => {
    await promise;
    hasEnded = true;
  });
  await work.drain('follow');
  expect(hasEnded).toBe(false);
  resolve();
  await work.drain();
  expect(hasEnded).toBe(true);
});
