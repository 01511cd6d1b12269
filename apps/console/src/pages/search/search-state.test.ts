import { expect, test } from 'vitest';
import { withQuery } from '../../router/query.ts';
import {
  bodyOf,
  contextBodies,
  filtered,
  nextPage,
  previousPage,
  stateOf,
  statsQueryOf,
  tailPathOf,
  toggled,
} from './search-state.ts';

const URL_TEXT =
  'q=a+b&level=WARN&level=ERROR&service=pay&from=2026-01-01&to=2026-02-01&sort=oldest&after=c1&after=c2&open=x%3A1&live=1';
const at = (text: string) => stateOf(new URLSearchParams(text));
const changed = (text: string, change: Parameters<typeof withQuery>[1]) =>
  withQuery({ path: '/search', query: new URLSearchParams(text) }, change);

test('a URL holds filters, cursor, open lines and the live tail', () => {
  expect(at(URL_TEXT)).toEqual({
    q: 'a b',
    levels: ['ERROR', 'WARN'],
    service: 'pay',
    fileId: '',
    from: '2026-01-01',
    to: '2026-02-01',
    sort: 'oldest',
    cursors: ['c1', 'c2'],
    page: 3,
    open: ['x:1'],
    isLive: true,
  });
  expect(at('')).toMatchObject({ q: '', levels: [], sort: 'newest', cursors: [], page: 1, open: [], isLive: false });
});

test('unknown levels and sorts of a URL are left out', () => {
  expect(at('level=LOUD&level=INFO&sort=random&page=x')).toMatchObject({ levels: ['INFO'], sort: 'newest', page: 1 });
});

test('the order of lines is one within a file only', () => {
  expect(at('sort=line&file_id=a')).toMatchObject({ sort: 'line' });
  expect(at('sort=line')).toMatchObject({ sort: 'newest' });
});

test('a URL with the number of a page but no cursor shows the first page', () => {
  expect(at('page=999')).toMatchObject({ cursors: [], page: 1 });
});

test('a search has the filters and the last cursor, and no empty field', () => {
  expect(bodyOf(at(URL_TEXT))).toEqual({
    q: 'a b',
    level: ['ERROR', 'WARN'],
    service: 'pay',
    from: '2026-01-01',
    to: '2026-02-01',
    sort: 'oldest',
    after: 'c2',
    page_size: 50,
  });
  expect(bodyOf(at(''))).toEqual({ page_size: 50 });
});

test('the statistics count all levels, and the live tail has the conditions of the search', () => {
  expect(statsQueryOf(at('q=a&level=INFO&service=pay'), 'UTC')).toEqual({ service: 'pay', tz: 'UTC' });
  expect(tailPathOf(at('q=a+%26&level=INFO&level=WARN&after=c'))).toBe(
    '/api/search/events?q=a+%26&level=WARN&level=INFO',
  );
  expect(tailPathOf(at(''))).toBe('/api/search/events');
});

test('another filter begins at the first page and closes the lines', () => {
  expect(changed(URL_TEXT, filtered({ q: '', levels: ['INFO'], sort: 'newest' }))).toBe(
    '/search?service=pay&from=2026-01-01&to=2026-02-01&live=1&level=INFO',
  );
});

test('a page ahead adds its cursor, and a page back removes it', () => {
  expect(changed('q=a&open=x', nextPage(at('q=a'), 'c1'))).toBe('/search?q=a&after=c1&page=2');
  expect(changed('after=c1&after=c2&page=3', previousPage(at('after=c1&after=c2&page=3')))).toBe(
    '/search?after=c1&page=2',
  );
  expect(changed('q=a&after=c1&page=2', previousPage(at('after=c1&page=2')))).toBe('/search?q=a');
});

test('a URL keeps a bounded number of cursors and the number of its page', () => {
  let text = '';
  for (let i = 0; i < 50; i++) text = changed(text, nextPage(at(text), `c${i}`)).replace(/^[^?]*\?/, '');
  expect(at(text).cursors).toHaveLength(30);
  expect(at(text).page).toBe(51);
});

test('a line opens and closes', () => {
  expect(toggled(at('open=a'), 'b')).toEqual({ open: ['a', 'b'] });
  expect(toggled(at('open=a&open=b'), 'a')).toEqual({ open: ['b'] });
});

test('the context of a line is asked at its instant, then with its page', () => {
  const hit = { file_id: 'f', timestamp: '2026-03-01T10:00:00.999Z' };
  expect(contextBodies(at('q=a&after=c'), hit)).toEqual({
    near: {
      q: 'a',
      page_size: 50,
      context: 10,
      file_id: 'f',
      from: '2026-03-01T10:00:00.999Z',
      to: '2026-03-01T10:00:01.000Z',
    },
    page: { q: 'a', after: 'c', page_size: 50, context: 10 },
  });
  expect(contextBodies(at(''), { ...hit, timestamp: null }).near).toBeNull();
});
