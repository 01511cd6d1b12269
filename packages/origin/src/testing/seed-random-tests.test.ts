import fc from 'fast-check';
import { expect, inject, test } from 'vitest';

test('the properties of a run draw their cases from the seed that it logs', () => {
  expect(inject('seed')).toBeTypeOf('number');
  expect(fc.readConfigureGlobal().seed).toBe(inject('seed'));
});
