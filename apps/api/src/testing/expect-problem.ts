import { PROBLEM_TYPES, type Problem, type ProblemType, problemTypeUrl } from '@pilotlight/contracts';
import { expect } from 'vitest';

/** Checks that an answer is a problem document (RFC 9457) with this status. Returns the problem. */
export async function expectProblem(response: Response, status: number): Promise<Problem> {
  const text = await response.text();
  expect.soft(response.status, text).toBe(status);
  expect.soft(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect.soft(response.headers.get('cache-control')).toBe('no-store');
  const problem = JSON.parse(text) as Problem;
  const { title, retryAfterS }: ProblemType = PROBLEM_TYPES[problem.code];
  expect(problem).toMatchObject({ type: problemTypeUrl(problem.code), status, title });
  if (retryAfterS !== undefined) expect.soft(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(problem.detail).toMatch(/\w/);
  return problem;
}
