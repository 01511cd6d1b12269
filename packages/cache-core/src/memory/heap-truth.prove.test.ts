import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Measured } from './testing/heap-truth.ts';

const MODULE = new URL('./testing/heap-truth.ts', import.meta.url).href;

async function measured(): Promise<Measured[]> {
  const program = `import { printMeasured } from ${JSON.stringify(MODULE)}; await printMeasured();`;
  // V8 releases code that was not used for 30 s, here 5 MB at once, which would count as growth below zero.
  const args = ['--expose-gc', '--no-flush-bytecode', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Measured);
}

test("the counted bytes are within 10 % of the heap's growth, for all kinds of entries", async () => {
  const all = await measured();
  expect(all.length).toBe(37);
  const off = all.map(({ kind, used, counted, grown }) => ({ kind, used, ratio: counted / grown }));
  expect(off.filter(({ ratio }) => !(ratio > 0.9 && ratio < 1.1))).toEqual([]);
}, 240_000);
