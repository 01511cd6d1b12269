import { expect, test } from 'vitest';
import { walkThrough } from './walk-through.ts';

test('the first address in the text of npm start is that of the console', () => {
  const text = walkThrough({
    base: 'http://127.0.0.1:5000',
    adminToken: 'sixteen-characters',
    dataDir: null,
    demo: true,
    elasticsearchUrl: undefined,
    tookText: '5.2 s',
  });
  expect(text.match(/http:\S+/g)?.[0]).toBe('http://127.0.0.1:5000/');
  expect(text).toContain('sixteen-characters');
  expect(text).toContain('--no-sample');
});
