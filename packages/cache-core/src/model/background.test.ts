import { expect, test } from 'vitest';
import { Background, failuresTo } from './background.ts';
import type { BackgroundReason } from './diagnostics.ts';
import { silentLogger } from './logger.ts';

function background() {
  const reported: [BackgroundReason, unknown][] = [];
  return { reported, background: new Background('main', (reason, error) => reported.push([reason, error])) };
}

test('draining waits for all running work, and for work that it starts', async () => {
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

test('given work that rejects or throws, its error is reported with the reason and draining succeeds', async () => {
  const { reported, background: work } = background();
  const error = new Error('no');
  work.run('fill', () => Promise.reject(error));
  work.run('release', () => {
    throw error;
  });
  await work.drain();
  expect(new Map(reported)).toEqual(
    new Map([
      ['fill', error],
      ['release', error],
    ]),
  );
});

test('a failed background reload is logged as a warning, other failures as errors', () => {
  const lines: string[] = [];
  const line = (level: string) => (first: string | object, second?: string) => {
    lines.push(`${level} ${typeof first === 'string' ? first : second}`);
  };
  const failed = failuresTo({ ...silentLogger, warn: line('warn'), error: line('error') });
  failed('revalidate', new Error('the database is busy'));
  failed('fill', new TypeError('not a function'));
  expect(lines).toEqual([
    'warn background reload failed, reads continue: Error: the database is busy',
    'error background work failed: fill',
  ]);
});

test('draining can except work that runs until its connection closes', async () => {
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
