import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEM_TYPES, type Problem, type ProblemType } from '@pilotlight/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { problemBody, problemHeaders } from '../http/problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const SOURCES = join(import.meta.dirname, '..');
const types = Object.entries<ProblemType>(PROBLEM_TYPES);

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** Returns the codes of the table that a source text names. */
const codesIn = (source: string): string[] =>
  [...source.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)].map(([, code = '']) => code).filter((code) => code in PROBLEM_TYPES);

test('each code of the table is thrown somewhere in the api', () => {
  const files = globSync('**/*.ts', { cwd: SOURCES, exclude: ['**/*.test.ts', '**/testing/**'] });
  const thrown = new Set(files.flatMap((file) => codesIn(readFileSync(join(SOURCES, file), 'utf8'))));
  expect(types.map(([code]) => code).filter((code) => !thrown.has(code))).toEqual([]);
});

test('control: a code that no source names is found, a named one is not', () => {
  expect(codesIn("throw new Gone('CONTENT_FREED', 'NO_SUCH_CODE')")).toEqual(['CONTENT_FREED']);
});

test('the type of every problem is a page of the api with an entry for its code', async () => {
  for (const [code] of types) {
    const error = new ApiError({ code: code as keyof typeof PROBLEM_TYPES, detail: 'for a test' });
    const { type } = JSON.parse(problemBody(error)) as Problem;
    const url = new URL(type, api.url);
    expect(url.hash).toBe(`#${code}`);
    const page = await api.fetch(`${url.pathname}${url.search}`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain(`<section id="${code}">`);
  }
});

test.each(types.filter(([, { retryAfterS }]) => retryAfterS !== undefined))(
  'a problem %s has Retry-After, whatever throws it',
  (code) => {
    const error = new ApiError({ code: code as keyof typeof PROBLEM_TYPES, detail: 'for a test' });
    expect(problemHeaders(error)).toMatchObject({ 'Retry-After': expect.stringMatching(/^[1-9]\d*$/) });
  },
);

test('every status that asks for a later repetition has Retry-After', () => {
  const LATER = [429, 503, 504];
  const without = types.filter(([, { status, retryAfterS }]) => LATER.includes(status) && retryAfterS === undefined);
  expect(without.map(([code]) => code)).toEqual([]);
});

test('the page loads nothing and runs no script', async () => {
  const page = await api.fetch('/docs/errors');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(await page.text()).not.toMatch(/<script|src=|href="http/);
});
