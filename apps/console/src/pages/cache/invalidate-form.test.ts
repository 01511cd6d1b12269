import { expect, test } from 'vitest';
import { bodyOf, formOf, targetText } from './invalidate-form.ts';

const form = (query: string) => formOf(new URLSearchParams(query));

test.for([
  ['by=prefix&target=stats', { prefix: 'stats', mode: 'invalidate' }, 'the prefix stats'],
  ['target=*', { prefix: '*', mode: 'invalidate' }, 'everything'],
  ['by=tag&target=+a+&mode=expire', { tag: 'a', mode: 'expire' }, 'the tag a'],
  ['by=key&target=a:b', { key: 'a:b', mode: 'invalidate' }, 'the key a:b'],
  [
    'by=scope&service=web&level=ERROR&from=2026-03-01T10:00&to=2026-03-02',
    {
      scope: { service: 'web', level: 'ERROR', from: '2026-03-01T10:00:00Z', to: '2026-03-02' },
      mode: 'invalidate',
    },
    'the answers that depend on records with service web, level ERROR, from 2026-03-01T10:00, to 2026-03-02',
  ],
  [
    'by=scope&target=stats&service=web',
    { prefix: 'stats', scope: { service: 'web' }, mode: 'invalidate' },
    'the answers under stats that depend on records with service web',
  ],
] as const)('the address %s is the body that it names', ([query, body, text]) => {
  expect(bodyOf(form(query))).toEqual(body);
  expect(targetText(form(query))).toBe(text);
});

test.for([
  ['', 'Type a prefix.'],
  ['by=key&target=++', 'Type a key.'],
  ['by=scope&target=stats', 'Type at least one condition.'],
] as const)('the address "%s" lacks something', ([query, missing]) => {
  expect(bodyOf(form(query))).toEqual({ missing });
});

test('an unknown target or mode counts as the first one', () => {
  expect(form('by=x&mode=y')).toMatchObject({ by: 'prefix', mode: 'invalidate' });
});
