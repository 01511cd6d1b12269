import { expect, test } from 'vitest';
import { scopeText, selectorGroups, selectorText, withLocalTimes } from './selector-text.ts';

test('selectors are said in words', () => {
  const selectors = ['a', 'p:stats', 't:<b>', 'k:a:b:c', 's:search', '(forgotten)', 'z:new'];
  expect(selectors.map(selectorText)).toEqual([
    'everything',
    'prefix stats',
    'tag <b>',
    'key a:b:c',
    'scope of search',
    'an invalidation that is no longer kept one by one',
    'z:new',
  ]);
});

test('a scoped selector has its conditions, without those that follow from others', () => {
  const selector = 's:["stats",{"service":["web"],"service_bucket":["r81"],"dated":["yes"],"level":["ERROR","WARN"]}]';
  expect(selectorText(selector)).toBe('prefix stats where service web; level ERROR, WARN');
});

test('a scope has its time, and an empty service is said as none', () => {
  const time = { from: Date.parse('2026-03-01T10:00:00'), to: null };
  expect(scopeText({ time, service: [''] })).toBe('time from 2026-03-01 10:00:00; service none');
  expect(scopeText({ service_bucket: ['r81'] })).toBe('service bucket r81');
  expect(scopeText({ dated: ['no'] })).toBe('any record matches');
});

test('the instants of a text are shown on the clock of the browser', () => {
  const shown = withLocalTimes('fresh until 2026-03-01T10:00:00.123Z');
  expect(shown).toMatch(/^fresh until 2026-0[23]-\d\d \d\d:\d\d:00$/);
});

test('one scope under several prefixes is one group, with the name of its file', () => {
  const scope = '{"file":["01a2"],"level":["INFO"]}';
  const selectors = [
    'p:files',
    `s:["stats",${scope}]`,
    `s:["search",${scope}]`,
    's:["stats",{"level":["WARN"]}]',
    't:a',
  ];
  expect(selectorGroups(selectors, (id) => (id === '01a2' ? '<i>.log' : null))).toEqual([
    { kind: 'prefix', value: 'files', where: null },
    { kind: 'prefix', value: 'stats, search', where: 'file <i>.log; level INFO' },
    { kind: 'prefix', value: 'stats', where: 'level WARN' },
    { kind: 'tag', value: 'a', where: null },
  ]);
});
