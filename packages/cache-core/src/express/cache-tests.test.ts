import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LoadContext } from '../engine/load-context.ts';
import { type ExpressApp, openExpressApp } from './testing/express-app.ts';

// The cases of http-tests/cache-tests that apply to a cache on the side of the origin, by their ids. docs/http.md lists all of them.

let one: ExpressApp;
let loads: number;
let isFailing: boolean;
let loadTakesMs: number;
let arrived: number;
beforeEach(async () => {
  one = await openExpressApp();
  loads = 0;
  isFailing = false;
  loadTakesMs = 0;
  arrived = 0;
  one.app.use((_request, _response, next) => {
    arrived++;
    next();
  });
  const answer = async (input: unknown, { stale }: LoadContext) => {
    loads++;
    if (isFailing) throw new Error('the origin fails');
    if (loadTakesMs > 0) await one.world.clock.sleep(loadTakesMs);
    return { input, isReload: stale !== null, n: loads };
  };
  const policy = { timeout: 60, vary: ['Foo', 'Bar', 'Baz'] };
  one.app.get('/fresh', one.cacheResult({ ...policy, name: 'fresh' })(answer));
  const whileRevalidate = { whileRevalidate: '1h', ifError: '1h' } as const;
  one.app.get('/swr', one.cacheResult({ name: 'swr', timeout: 1, staleFor: whileRevalidate })(answer));
  one.app.get('/never-stale', one.cacheResult({ name: 'never-stale', timeout: 1, staleFor: 0 })(answer));
  const ifError = { whileRevalidate: 0, ifError: '60s' } as const;
  one.app.get('/sie', one.cacheResult({ name: 'sie', timeout: 1, staleFor: ifError })(answer));
});
afterEach(() => one.close());

interface Step {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  /** Whether the answer comes from the cache. */
  readonly cached: boolean;
}

const FRESH: Step = { cached: false };
const foo = (value: string, cached: boolean): Step => ({ headers: { Foo: value }, cached });
const of = (headers: Readonly<Record<string, string>>, cached: boolean): Step => ({ headers, cached });
const query = (text: string, cached: boolean): Step => ({ path: `/fresh?test=${text}`, cached });
const [TWO, THREE] = [
  { Foo: '1', Bar: 'abc' },
  { Foo: '1', Bar: 'abc', Baz: '789' },
];

async function run(steps: readonly Step[]): Promise<void> {
  for (const { path = '/fresh', headers = {}, status = 200, cached } of steps) {
    const before = loads;
    const answer = await one.askRaw(path, headers);
    expect.soft([answer.status, loads - before], JSON.stringify({ path, headers })).toEqual([status, cached ? 0 : 1]);
  }
}

describe('Vary and keys (RFC 9111, 4 and 4.1)', () => {
  test.each<[string, Step[]]>([
    ['vary-match', [foo('1', false), foo('1', true)]],
    ['vary-no-match', [foo('1', false), foo('2', false)]],
    ['vary-omit-stored', [FRESH, foo('1', false)]],
    ['vary-omit', [foo('1', false), FRESH]],
    ['vary-invalidate', [foo('1', false), foo('2', false), foo('1', true)]],
    ['vary-cache-key', [of({ Foo: '1', Other: '2' }, false), of({ Foo: '1', Other: '3' }, true)]],
    ['vary-2-match', [of(TWO, false), of(TWO, true)]],
    ['vary-2-no-match', [of(TWO, false), of({ ...TWO, Foo: '2' }, false)]],
    ['vary-2-match-omit', [of(TWO, false), FRESH]],
    ['vary-3-match', [of(THREE, false), of(THREE, true)]],
    ['vary-3-no-match', [of(THREE, false), of({ ...THREE, Foo: '2' }, false)]],
    ['vary-3-order', [of(THREE, false), of({ Baz: '789', Bar: 'abcde', Foo: '1' }, false)]],
    ['vary-3-omit', [of({ Foo: '1', Baz: '789' }, false), of({ Foo: '1', Baz: '789' }, true)]],
    ['query-args-different', [query('1', false), query('2', false)]],
    ['query-args-same', [query('1', false), query('1', true)]],
    ['other-cookie', [FRESH, of({ Cookie: 'a=b' }, true)]],
  ])('%s', async (_id, steps) => {
    await run(steps);
  });
});

describe('conditional requests (RFC 9110, 13)', () => {
  /** Sends a condition to a fresh answer; `etag` in the condition is its entity tag. */
  async function conditionally(condition: (etag: string) => Readonly<Record<string, string>>) {
    const etag = String((await one.askRaw('/fresh')).headers['etag']);
    return { etag, answer: await one.askRaw('/fresh', condition(etag)) };
  }

  test.each<[string, (etag: string) => Readonly<Record<string, string>>]>([
    ['conditional-etag-strong-respond', (etag) => ({ 'if-none-match': etag })],
    ['conditional-304-etag', (etag) => ({ 'if-none-match': etag })],
    [
      'conditional-etag-precedence',
      (etag) => ({ 'if-none-match': etag, 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
    ],
    ['conditional-etag-weak-respond', (etag) => ({ 'if-none-match': `W/${etag}` })],
    ['conditional-etag-strong-respond-multiple-first', (etag) => ({ 'if-none-match': `${etag}, "1234", "5678"` })],
    ['conditional-etag-strong-respond-multiple-second', (etag) => ({ 'if-none-match': `"1234", ${etag}, "5678"` })],
    ['conditional-etag-strong-respond-multiple-last', (etag) => ({ 'if-none-match': `"1234", "5678", ${etag}` })],
  ])('%s', async (_id, condition) => {
    const { etag, answer } = await conditionally(condition);
    expect([answer.status, answer.headers['etag'], answer.bytes.length, loads]).toEqual([304, etag, 0, 1]);
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  test('a condition * matches every answer, and the tag of another answer none', async () => {
    expect((await conditionally(() => ({ 'if-none-match': '*' }))).answer.status).toBe(304);
    expect((await conditionally(() => ({ 'if-none-match': '"another"' }))).answer.status).toBe(200);
  });

  test.each<[string, (etag: string) => Readonly<Record<string, string>>]>([
    ['conditional-etag-quoted-respond-unquoted', (etag) => ({ 'if-none-match': etag.replaceAll('"', '') })],
    ['conditional-lm-fresh-no-lm', () => ({ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() })],
  ])('%s: the condition is ignored', async (_id, condition) => {
    expect((await conditionally(condition)).answer.status).toBe(200);
  });

  test('conditional-etag-strong-generate', async () => {
    await one.askRaw('/sie');
    await one.world.clock.advance(2_000);
    const reload = await one.askRaw('/sie');
    expect(JSON.parse(reload.bytes.toString())).toMatchObject({ isReload: true, n: 2 });
  });
});

describe('Age (RFC 9111, 5.1)', () => {
  test('other-age-gen', async () => {
    await one.askRaw('/fresh');
    await one.world.clock.advance(5_000);
    expect((await one.askRaw('/fresh')).headers['age']).toBe('5');
  });

  test('other-age-delay', async () => {
    loadTakesMs = 3_000;
    const first = one.askRaw('/fresh');
    await expect.poll(() => loads).toBe(1);
    await one.world.clock.advance(3_000);
    expect((await first).headers['age']).toBe('3');
  });
});

describe('request directives are ignored, as RFC 9111, 5.2.1 allows', () => {
  test.each([
    ['ccreq-ma0', { 'cache-control': 'max-age=0' }],
    ['ccreq-ma1', { 'cache-control': 'max-age=1' }],
    ['ccreq-magreaterage', { 'cache-control': 'max-age=2' }],
    ['ccreq-min-fresh', { 'cache-control': 'min-fresh=2000' }],
    ['ccreq-no-cache', { 'cache-control': 'no-cache' }],
    ['ccreq-no-store', { 'cache-control': 'no-store' }],
    ['pragma-request-no-cache', { pragma: 'no-cache' }],
    ['pragma-request-extension', { pragma: 'unrecognised-extension' }],
  ])('%s', async (_id, headers) => {
    await run([FRESH]);
    await one.world.clock.advance(3_000);
    await run([of(headers, true)]);
  });

  test('ccreq-max-stale', async () => {
    await run([{ path: '/sie', cached: false }]);
    await one.world.clock.advance(2_000);
    await run([{ path: '/sie', headers: { 'cache-control': 'max-stale=1000' }, cached: false }]);
  });

  test('ccreq-oic', async () => {
    await run([of({ 'cache-control': 'only-if-cached' }, false)]);
  });
});

describe('ranges are ignored, as RFC 9110, 14.2 allows', () => {
  test.each([
    ['partial-store-complete-reuse-partial', 'bytes=0-1'],
    ['partial-store-complete-reuse-partial-no-last', 'bytes=1-'],
    ['partial-store-complete-reuse-partial-suffix', 'bytes=-1'],
  ])('%s', async (_id, range) => {
    const whole = await one.askRaw('/fresh');
    const answer = await one.askRaw('/fresh', { range });
    expect([answer.status, answer.headers['content-range']]).toEqual([200, undefined]);
    expect(answer.bytes.equals(whole.bytes)).toBe(true);
    const etag = String(whole.headers['etag']);
    const conditional = await one.askRaw('/fresh', { range, 'if-range': etag });
    expect(conditional.status).toBe(200);
  });
});

describe('stale answers (RFC 9111, 4.2.4, and RFC 5861)', () => {
  test('stale-while-revalidate', async () => {
    await one.askRaw('/swr');
    await one.world.clock.advance(2_000);
    const stale = await one.askRaw('/swr');
    expect(JSON.parse(stale.bytes.toString())).toMatchObject({ n: 1 });
    await expect.poll(async () => JSON.parse((await one.askRaw('/swr')).bytes.toString()).n).toBe(2);
  });

  test.each(['stale-close', 'stale-503', 'stale-if-error-cc-response'])('%s', async () => {
    await one.askRaw('/sie');
    await one.world.clock.advance(2_000);
    isFailing = true;
    const stale = await one.askRaw('/sie');
    expect([stale.status, stale.headers['cache-status']]).toEqual([
      200,
      expect.stringMatching(/^pilotlight; fwd=stale; fwd-status=500; ttl=-\d+; detail=(memory|redis)$/),
    ]);
  });

  test('stale-if-error-cc-response-expired', async () => {
    await one.askRaw('/sie');
    await one.world.clock.advance(62_000);
    isFailing = true;
    expect((await one.askRaw('/sie')).status).toBe(500);
  });

  test('stale-if-error-cc-request', async () => {
    await one.askRaw('/never-stale');
    await one.world.clock.advance(2_000);
    isFailing = true;
    expect((await one.askRaw('/never-stale', { 'cache-control': 'stale-if-error=3600' })).status).toBe(500);
  });
});

test('collapse-basic', async () => {
  loadTakesMs = 1_000;
  const first = one.askRaw('/fresh');
  await expect.poll(() => loads).toBe(1);
  const second = one.askRaw('/fresh');
  await expect.poll(() => arrived).toBe(2); // it joins the load as soon as it arrives
  await one.world.clock.advance(1_000);
  const statuses = [await first, await second].map(({ headers }) => headers['cache-status']);
  expect([loads, ...statuses]).toEqual([1, 'pilotlight; fwd=miss; stored', 'pilotlight; fwd=miss; stored; collapsed']);
});

test('an error is answered and not stored (RFC 9111, 3)', async () => {
  isFailing = true;
  await run([{ ...FRESH, status: 500 }]);
  isFailing = false;
  await run([FRESH, { cached: true }]);
});
