import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { visibleName, visibleText } from './visible-text.ts';

const SOURCES = join(import.meta.dirname, '..');

test('control characters and marks of direction are visible in a name and in a text', () => {
  const shown = '⟨U+001B⟩[31m⟨U+202E⟩gol.txt⟨U+2066⟩⟨U+200B⟩';
  for (const visible of [visibleName, visibleText]) expect(visible('\u001b[31m\u202egol.txt\u2066\u200b')).toBe(shown);
});

test('a text keeps its lines, and a name shows that it has some', () => {
  expect(visibleText('first\r\n\tsecond\0')).toBe('first\r\n\tsecond⟨U+0000⟩');
  expect(visibleName('first\nsecond')).toBe('first⟨U+000A⟩second');
});

test('text in another script, with emoji or markup, is unchanged', () => {
  for (const text of ['שלום.log', '日本語.log', '👨‍👩‍👧.log', '<b>&amp;.log']) {
    expect(visibleName(text)).toBe(text);
    expect(visibleText(text)).toBe(text);
  }
});

// Text of users and of the api that another element shows could be drawn in another order than it has.
test('only the components for text of users have its class', () => {
  const having = globSync('**/*.tsx', { cwd: SOURCES }).filter((name) =>
    /user-text(?!\.tsx)/.test(readFileSync(join(SOURCES, name), 'utf8')),
  );
  expect(having.toSorted()).toEqual(['pages/search/log-text.tsx', 'ui/user-text.tsx']);
});
