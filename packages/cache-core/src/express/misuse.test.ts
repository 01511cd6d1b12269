import type { RequestHandler } from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CachedHandler } from './cache-result.ts';
import { type ExpressApp, openExpressApp } from './testing/express-app.ts';

let one: ExpressApp;
beforeEach(async () => {
  one = await openExpressApp();
});
afterEach(() => one.close());

/** As a program without types writes it. */
const untyped = (value: unknown) => value as never;

test('used as plain middleware, a cached route fails each request with a usage hint', async () => {
  const middleware: RequestHandler = untyped(one.cacheResult({ timeout: 60 }));
  one.app.get('/x', middleware, (_request, response) => void response.json('never'));
  const answer = await one.ask('/x');
  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({
    error: expect.stringMatching(/got IncomingMessage; write app\.get\(path, cacheResult\(options\)\(async function/),
  });
});

test('a handler in place of the options is rejected by name', () => {
  async function report() {
    return 1;
  }
  expect(() => one.cacheResult(untyped(report))).toThrow(
    'cacheResult: expected options, got "the function report"; write cacheResult(options)(handler)',
  );
});

test('a handler that takes request, response and next is rejected at registration', () => {
  const middleware: RequestHandler = (_request, _response, _next) => undefined;
  expect(() => one.cacheResult({ name: 'report' })(untyped(middleware))).toThrow('a function of 3 parameters');
});

test('a handler that writes to a response fails with a usage hint', async () => {
  const handler: CachedHandler<unknown> = (_request, response) => Reflect.get(response, 'json')('never');
  one.app.get('/x', one.cacheResult({ name: 'writes' })(handler));
  const { error } = (await (await one.ask('/x')).json()) as { error: string };
  expect(error).toMatch(/returns its answer, got "one that uses response.json"; return the value/);
});

test.each([
  [{ freshFor: '2s' }, 'cacheResult freshFor: expected timeout in its place, in seconds, got "2s"'],
  [{ timeout: '60s' }, 'cacheResult timeout: expected a number of seconds, 0 to 31622400, got "60s"'],
  [{ timeout: Number.NaN }, 'cacheResult timeout: expected'],
  [{ ttl: 60 }, 'got "ttl"'],
  [{ vary: 'Authorization' }, 'cacheResult vary: expected a list of header names, got "Authorization"'],
  [{ vary: ['*'] }, 'cacheResult vary: expected names of headers, got "*"'],
  [{ input: {} }, 'cacheResult input: expected a function of the request, got Object'],
  [{ pureInput: 1 }, 'cacheResult pureInput: expected true or false, got 1'],
  [{ warm: 1 }, 'cacheResult warm: expected true or false, got 1'],
  [{ warm: true, vary: ['Authorization'] }, 'cacheResult warm: expected no vary beside it, got "vary: authorization"'],
  [null, 'cacheResult: expected options, got null'],
])('the options %j are refused by name', (options, message) => {
  expect(() => one.cacheResult(untyped(options))).toThrow(message);
});
