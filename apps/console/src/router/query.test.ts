import { expect, test } from 'vitest';
import { withQuery } from './query.ts';

const url = (text: string) => ({ path: '/search', query: new URLSearchParams(text) });

test('a changed parameter keeps the others and their order', () => {
  expect(withQuery(url('q=a&page=2'), { q: 'b c' })).toBe('/search?page=2&q=b+c');
});

test('null and empty values are removed, and a list repeats its parameter', () => {
  expect(withQuery(url('q=a&page=2'), { q: null, page: '' })).toBe('/search');
  expect(withQuery(url('level=INFO'), { level: ['WARN', 'ERROR'] })).toBe('/search?level=WARN&level=ERROR');
});

test('text that looks like markup or a parameter stays a value', () => {
  expect(withQuery(url(''), { q: '<b>&x=1#' })).toBe('/search?q=%3Cb%3E%26x%3D1%23');
});
