import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { LogTail } from './log-tail.ts';

test('the last 15 lines of a log end a message, and an empty log adds nothing', async () => {
  const tail = new LogTail();
  expect(`${tail}`).toBe('');
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  const stream = Readable.from([`${lines.join('\n')}\n`]);
  tail.follow(stream);
  await finished(stream);
  expect(`${tail}`).toBe(`. The end of its log:\n  ${lines.slice(5).join('\n  ')}`);
});
