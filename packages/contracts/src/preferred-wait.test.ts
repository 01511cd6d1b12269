import { expect, test } from 'vitest';
import { preferredWaitSeconds } from './files.ts';

const rows: [string | undefined, number | null][] = [
  [undefined, null],
  ['', null],
  ['respond-async', null],
  ['wait', null],
  ['wait=soon', null],
  ['wait=-1', null],
  ['await=30', null],
  ['wait=30', 30],
  ['wait=0', 0],
  ['Wait = "30"', 30],
  ['respond-async, wait=10', 10],
  ['wait=10; foo="bar", return=minimal', 10],
  ['wait=86400', 60],
];
test.for(rows)('Prefer: %s asks for a wait of %s seconds', ([prefer, seconds]) => {
  expect(preferredWaitSeconds(prefer)).toBe(seconds);
});
