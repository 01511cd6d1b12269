import type { Problem } from '@pilotlight/contracts';
import { expect } from 'vitest';

/** Checks that an answer is a problem document (RFC 9457) with this status. Returns the problem. */
export async function expectProblem(response: Response, status: number): Promise<Problem> {
  const text = await response.text();
  expect.soft(response.status, text).toBe(status);
  expect.soft(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect.soft(response.headers.get('cache-control')).toBe('no-store');
  const problem = JSON.parse(text) as Problem;
  expect(problem).toMatchObject({ type: 'about:blank', status, title: expect.any(String), code: expect.any(String) });
  expect(problem.detail).toMatch(/\w/);
  return problem;
}
