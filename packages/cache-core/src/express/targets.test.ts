import type { Request } from 'express';
import { expect, test } from 'vitest';
import { type Target, Targets } from './targets.ts';

const request = { url: '/r?q=1', method: 'GET', params: {}, query: { q: '1' }, headers: {} } as unknown as Request;

/** Whether the target of a request is remembered for the next one of the same URL. */
function isRemembered(inputChars: number): boolean {
  const route = {
    prefix: 'cache',
    name: 'route',
    version: 0,
    vary: [],
    input: () => ({ text: 'x'.repeat(inputChars) }),
    pureInput: false,
    warm: false,
  };
  const targets = new Targets<unknown>(route, () => () => null);
  const [first, second]: Target[] = [targets.of(request), targets.of(request)];
  expect(second?.key).toBe(first?.key);
  return first === second;
}

test('a target is remembered unless its input is large', () => {
  expect([isRemembered(100), isRemembered(10_000)]).toEqual([true, false]);
});
