import { afterEach, expect, test } from 'vitest';
import type { ExpressCacheOptions } from './cache-result.ts';
import { type ExpressApp, openExpressApp } from './testing/express-app.ts';

let one: ExpressApp;
afterEach(() => one.close());

/** `Vary` of the first answer, of a hit and of a 304, of a route behind middleware that has set one. */
async function varyBehind(before: string | null, options: ExpressCacheOptions = {}): Promise<(string | undefined)[]> {
  one = await openExpressApp(options);
  one.app.use((_request, response, next) => {
    if (before !== null) response.vary(before);
    next();
  });
  const report = one.cacheResult({ name: 'report', vary: ['Accept-Language'] })(() => 'report');
  one.app.get('/report', report);
  const first = await one.askRaw('/report');
  const hit = await one.askRaw('/report');
  const notModified = await one.askRaw('/report', { 'if-none-match': hit.headers['etag'] ?? '' });
  expect([first.status, hit.status, notModified.status]).toEqual([200, 200, 304]);
  return [first, hit, notModified].map(({ headers }) => headers['vary']);
}

const ours = 'accept-language, accept-encoding';

test('a Vary that CORS middleware has set is extended', async () => {
  expect(new Set(await varyBehind('Origin'))).toEqual(new Set([`Origin, ${ours}`]));
});

test('a header in a Vary with other letter case is named once', async () => {
  expect(new Set(await varyBehind('Accept-Encoding'))).toEqual(new Set(['Accept-Encoding, accept-language']));
});

test('a Vary on everything stays unchanged', async () => {
  expect(new Set(await varyBehind('*'))).toEqual(new Set(['*']));
});

test.each(['Vary', 'vary'])('a Vary in the headers option, as %s, is extended', async (name) => {
  expect(new Set(await varyBehind('Cookie', { headers: { [name]: 'Origin' } }))).toEqual(
    new Set([`Cookie, Origin, ${ours}`]),
  );
});

test('a Vary on everything in the headers option is the only one', async () => {
  expect(new Set(await varyBehind('Cookie', { headers: { Vary: '*' } }))).toEqual(new Set(['*']));
});

test("without middleware and compression, Vary names only the route's headers", async () => {
  expect(new Set(await varyBehind(null, { compress: false }))).toEqual(new Set(['accept-language']));
});
