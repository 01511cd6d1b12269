import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { boundedOutput, MAX_PENDING_LOG_BYTES } from './bounded-output.ts';

/** A reader that takes a line only when it is asked to. */
function slowReader() {
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      taken.push(line);
      waiting.push(done);
    },
  });
  const takeAll = () => {
    for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) done();
  };
  return { stream, taken, takeAll };
}

test('given a reader that is too slow, drops lines and reports their number', async () => {
  const { stream, taken, takeAll } = slowReader();
  const dropped: number[] = [];
  const output = boundedOutput(stream, (lines) => dropped.push(lines));
  const mebibyte = 'x'.repeat(1 << 20);
  for (let n = 0; n < 20; n++) output.write(mebibyte);
  expect(stream.writableLength).toBeLessThanOrEqual(MAX_PENDING_LOG_BYTES + mebibyte.length);
  while (stream.writableLength > 0) {
    takeAll();
    await setImmediate();
  }
  expect(dropped).toEqual([]);
  output.write('after');
  expect(dropped).toEqual([20 - taken.length + 1]);
  expect(taken.at(-1)).toBe('after');
});

test('given a reader that is gone, drops every line and throws nothing', async () => {
  const stream = new Writable({ write: (_line, _encoding, done) => done(new Error('write EPIPE')) });
  const output = boundedOutput(stream, () => undefined);
  output.write('first');
  await expect.poll(() => stream.destroyed).toBe(true);
  output.write('second');
  expect(stream.writableLength).toBeLessThanOrEqual('first'.length);
});

test('several loggers of one stream add one listener', () => {
  const { stream } = slowReader();
  for (let n = 0; n < 20; n++) boundedOutput(stream, () => undefined);
  expect(stream.listenerCount('error')).toBe(1);
});
