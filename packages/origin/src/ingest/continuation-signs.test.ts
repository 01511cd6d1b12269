import { expect, test } from 'vitest';
import { readAll } from './testing/read-all.ts';

const START = '2026-03-01 10:00:00 ERROR shop.pay: charge failed';

const linesOf = async (...lines: readonly string[]) =>
  (await readAll(`${lines.join('\n')}\n`)).records.map(({ line, lineEnd }) => [line, lineEnd]);

test.each(['#0 /srv/a.php(12): f()', '#1 {main}', '#2 [internal function]: f()', '#3 0x7f2e in main ()', '#4 f (a=1)'])(
  'the frame %s continues a record',
  async (frame) => {
    expect(await linesOf(START, frame)).toEqual([[1, 2]]);
  },
);

test.each(['#1 order done', '#17 closed', '#1 [internal] load build definition'])(
  '%s begins a record',
  async (line) => {
    expect(await linesOf(START, line)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  },
);

test('two events that each begin with an exception are two records', async () => {
  const event = ['shop.DeclinedException: declined', '\tat com.shop.Pay.step(Pay.java:12)'];
  expect(await linesOf(...event, ...event)).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('the exception of a record with a format continues it', async () => {
  expect(await linesOf(START, 'shop.DeclinedException: declined', '\tat com.shop.Pay.step(Pay.java:12)')).toEqual([
    [1, 3],
  ]);
});
