import express from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ExpressApp, openExpressApp } from './testing/express-app.ts';

let one: ExpressApp;
beforeEach(async () => {
  one = await openExpressApp();
});
afterEach(() => one.close());

const posted = (body: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

test.each(['without an input', 'with an input that hands out parts of the request'])(
  '%s, the request stays others’ to change',
  async (how) => {
    one.app.use(express.json());
    const redacted: unknown[] = [];
    one.app.use((request, response, next) => {
      response.on('finish', () => {
        request.body.password = '***';
        request.body.filter.level.push('INFO');
        request.params['id'] = 'redacted';
        redacted.push(request.body);
      });
      next();
    });
    const inputs: unknown[] = [];
    const options =
      how === 'without an input' ? {} : { input: ({ body, params }: express.Request) => ({ body, params }) };
    const handler = (input: unknown) => inputs.push(input);
    one.app.post('/find/:id', one.cacheResult({ name: 'find', ...(options as object) })(handler));
    await one.ask('/find/7', posted({ password: 'secret', filter: { level: ['ERROR'] } }));
    await expect.poll(() => redacted).toEqual([{ password: '***', filter: { level: ['ERROR', 'INFO'] } }]);
    expect(inputs).toMatchObject([{ body: { password: 'secret', filter: { level: ['ERROR'] } } }]);
  },
);

test('a body of bytes is rejected with an error, and the process keeps answering', async () => {
  one.app.use(express.raw({ type: () => true }));
  one.app.post(
    '/raw',
    one.cacheResult({ name: 'raw' })(() => 1),
  );
  const answer = await one.ask('/raw', { method: 'POST', body: 'bytes' });
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { error: 'params.body: expected a plain object, got Buffer; convert it to a plain object first' },
  ]);
});

test('a member named __proto__ stays a member of the input', async () => {
  one.app.use(express.json());
  const names: string[][] = [];
  const handler = ({ body }: { body: unknown }) => names.push(Object.keys(body as object));
  one.app.post('/find', one.cacheResult({ name: 'find' })(handler));
  await one.ask('/find', { ...posted(0), body: '{"__proto__": {"admin": true}, "q": 1}' });
  expect(names).toEqual([['__proto__', 'q']]);
});

test('an input that depends on the time changes with the time', async () => {
  let hour = 7;
  const inputs: unknown[] = [];
  const input = () => ({ since: hour });
  one.app.get(
    '/last',
    one.cacheResult({ name: 'last', input })((value) => inputs.push(value)),
  );
  const statusOf = async () => (await one.ask('/last')).headers.get('cache-status');
  expect([await statusOf(), await statusOf()]).toEqual([
    'pilotlight; fwd=miss; stored',
    expect.stringContaining('hit'),
  ]);
  hour = 8;
  expect(await statusOf()).toContain('miss');
  expect(inputs).toEqual([{ since: 7 }, { since: 8 }]);
});

test('a pure input is made once per URL, and again for other parameters', async () => {
  const views: unknown[] = [];
  const input = ({ params, query }: express.Request) => {
    views.push({ ...params, ...query });
    return { id: params['id'] };
  };
  const item = one.cacheResult({ name: 'item', pureInput: true, input: input as never })((value) => value);
  one.app.get('/items/:id', item);
  one.app.use('/shops/:id', item);
  for (const path of [
    '/items/7?a=1',
    '/items/7?a=1',
    '/items/8?a=1',
    '/items/7?a=2',
    '/shops/7',
    '/shops/8',
    '/shops/8',
  ])
    expect([path, await (await one.ask(path)).json()]).toEqual([path, { id: /\d/.exec(path)?.[0] }]);
  expect(views).toEqual([{ id: '7', a: '1' }, { id: '8', a: '1' }, { id: '7', a: '2' }, { id: '7' }, { id: '8' }]);
});

test('middleware that sets params, query or URL from a credential changes the key', async () => {
  const seen: unknown[] = [];
  one.app.get('/by-query', (request, _response, next) => {
    Object.defineProperty(request, 'query', { value: { user: request.headers.authorization }, configurable: true });
    next();
  });
  one.app.use('/by-url', (request, _response, next) => {
    request.url = `/?user=${request.headers.authorization}`;
    next();
  });
  one.app.get(
    '/by-params{/:user}',
    (request, _response, next) => {
      request.params = { user: request.headers.authorization ?? '' };
      next();
    },
    answer('params', 'of_params'),
  );
  one.app.get('/by-query', answer('query', 'of_query'));
  one.app.use('/by-url', answer('query', 'of_url'));
  function answer(part: 'query' | 'params', name: string) {
    return one.cacheResult({ name })((view) => {
      seen.push(view[part]['user']);
      return view[part]['user'] ?? null;
    });
  }
  for (const path of ['/by-query', '/by-url', '/by-params'])
    for (const user of ['alice', 'bob', 'alice'])
      expect([path, await (await one.ask(path, { headers: { authorization: user } })).json()]).toEqual([path, user]);
});
