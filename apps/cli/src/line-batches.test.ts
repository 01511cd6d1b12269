import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { lineBatches } from './line-batches.ts';

async function batchesOf(chunks: readonly string[], maxBytes: number): Promise<string[]> {
  const batches: string[] = [];
  for await (const batch of lineBatches(Readable.from(chunks), { maxBytes, maxMs: 60_000 }))
    batches.push(String(batch));
  return batches;
}

test('batches have whole lines, whatever the chunks of the input', async () => {
  expect(await batchesOf(['one\ntw', 'o\nthree\nfour'], 8)).toEqual(['one\ntwo\n', 'three\n', 'four']);
  expect(await batchesOf(['x'.repeat(20)], 8)).toEqual(['xxxxxxxx', 'xxxxxxxx', 'xxxx']);
  expect(await batchesOf([], 8)).toEqual([]);
});

test('lines of a slow input are a batch after a time, and a part of a line waits for its rest', async () => {
  const input = new PassThrough();
  const batches = lineBatches(input, { maxBytes: 1_000, maxMs: 1 });
  input.write('one\nrest');
  expect(String((await batches.next()).value)).toBe('one\n');
  input.end(' of two\n');
  expect(String((await batches.next()).value)).toBe('rest of two\n');
});

test('an input that never pauses does not delay its first line', async () => {
  const input = new PassThrough();
  const batches = lineBatches(input, { maxBytes: 1_000_000, maxMs: 50 });
  const writing = setInterval(() => input.write('one\n'), 5);
  const first = await Promise.race([batches.next(), new Promise<null>((resolve) => setTimeout(resolve, 5_000, null))]);
  clearInterval(writing);
  input.end();
  expect(String(first?.value)).toMatch(/^(?:one\n)+$/);
});
