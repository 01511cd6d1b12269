import { expect, test } from 'vitest';
import { spanOf } from './spans.ts';

test('an unknown span is the one since the reset', () => {
  expect([spanOf('15m'), spanOf('2h'), spanOf(null)]).toEqual(['15m', 'all', 'all']);
});
