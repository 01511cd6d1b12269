import { type FileProgress, OriginUnavailable } from '@pilotlight/origin';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { FileWatch, type ProgressListener } from './file-watch.ts';

/** Watches one file with these listeners for one look. Returns the levels of the lines that the watch logs. */
async function look(find: () => Promise<Map<string, FileProgress>>, listeners: ProgressListener[]): Promise<number[]> {
  const levels: number[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => levels.push(JSON.parse(line).level) });
  const stop = new AbortController();
  let looks = 0;
  const { promise, resolve } = Promise.withResolvers<number[]>();
  const of = () => {
    // The second look begins once the first one has ended.
    if (++looks === 2) resolve([...levels]);
    return find();
  };
  const watch = new FileWatch({ of }, logger);
  for (const listener of listeners) watch.watch('f', listener, stop.signal);
  const logged = await promise;
  stop.abort();
  return logged;
}

test('given a listener that throws, the listeners after it get the state, and an error is logged', async () => {
  const after = vi.fn();
  const bug = () => {
    throw new Error('a bug');
  };
  expect(await look(async () => new Map(), [bug, after])).toEqual([50]);
  expect(after).toHaveBeenCalledExactlyOnceWith(null);
});

test.for([
  ['an unavailable origin', new OriginUnavailable('the database is down'), 20],
  ['a bug', new TypeError('a bug'), 50],
] as const)(
  'a look that fails because of %s is logged at its level, and the next one follows',
  async ([, error, level]) => {
    expect(await look(() => Promise.reject(error), [() => undefined])).toEqual([level]);
  },
);
