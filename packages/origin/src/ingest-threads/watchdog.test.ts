import { expect, onTestFinished, test } from 'vitest';
import { Watchdog } from './watchdog.ts';

/** Builds a watch whose checks the test triggers. */
function watching() {
  const ended: string[] = [];
  const watch = new Watchdog({ maxSilentLooks: 3, maxStoppingLooks: 1 }, (why) => ended.push(why));
  onTestFinished(() => watch.end());
  return {
    watch,
    ended,
    look: (times: number) => {
      for (let time = 0; time < times; time++) watch.look();
    },
  };
}

test('a thread is stuck after the maximum number of silent checks', () => {
  const { watch, ended, look } = watching();
  watch.heard();
  look(2);
  watch.heard();
  look(2);
  expect(ended).toEqual([]);
  look(1);
  expect(ended).toEqual(['silent']);
});

test('a thread that has not begun is not stuck, however long it waits for its turn', () => {
  const { ended, look } = watching();
  look(1_000);
  expect(ended).toEqual([]);
});

test('a thread that does not stop when asked is ended, even before it has begun', () => {
  const { watch, ended, look } = watching();
  watch.stopping();
  look(1);
  expect(ended).toEqual([]);
  look(1);
  expect(ended).toEqual(['stopping']);
});
