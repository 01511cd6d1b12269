import { ApiProblem } from '@pilotlight/client';
import { expect, test } from 'vitest';
import { atPosition, fieldProblemsOf } from './field-problems.ts';

const problem = (status: number, errors?: unknown) =>
  new ApiProblem(status, new Headers(), { code: 'INVALID_INPUT', detail: 'd', errors });

test('refused fields are found by their names', () => {
  const errors = [{ field: 'q', detail: 'expected a quote', position: 2 }];
  expect(fieldProblemsOf(problem(400, errors))?.get('q')?.position).toBe(2);
});

test('an error without fields is not one of fields', () => {
  for (const error of [problem(400), problem(503, [{ field: 'q', detail: '' }]), new Error('x'), null]) {
    expect(fieldProblemsOf(error)).toBeNull();
  }
});

test('the place of an error is one character, or the end of the query', () => {
  expect(atPosition('a (b', 2)).toEqual({ before: 'a ', at: '(', after: 'b' });
  expect(atPosition('a 👧b', 2)).toEqual({ before: 'a ', at: '👧', after: 'b' });
  expect(atPosition('a OR', 4)).toEqual({ before: 'a OR', at: '', after: '' });
});
