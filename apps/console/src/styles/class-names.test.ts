import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');

/** Returns the classes that start a selector, without those that only narrow it. */
function classesOf(css: string): Set<string> {
  const selectors = css.replaceAll(/\/\*[\s\S]*?\*\//g, '').match(/[^{}]+(?=\{)/g) ?? [];
  const each = selectors.filter((text) => !text.trim().startsWith('@')).flatMap((text) => text.split(','));
  return new Set(each.flatMap((selector) => /\.([a-zA-Z][\w-]*)/.exec(selector)?.[1] ?? []));
}

/** Returns the page that a file of styles belongs to. */
function ownerOf(name: string): string {
  const [folder = '', page = ''] = name.split('/');
  return folder === 'pages' ? page : 'shared';
}

// The styles of a page stay when the user goes to another one.
test('no class is styled by two pages, or by a page and the shared styles', () => {
  const owners = new Map<string, Set<string>>();
  for (const name of globSync('**/*.css', { cwd: SOURCES })) {
    for (const one of classesOf(readFileSync(join(SOURCES, name), 'utf8')))
      owners.set(one, (owners.get(one) ?? new Set()).add(ownerOf(name)));
  }
  expect(owners.get('panel')).toEqual(new Set(['shared']));
  const shared = [...owners].filter(([, pages]) => pages.size > 1).map(([name, pages]) => `${name}: ${[...pages]}`);
  expect(shared).toEqual([]);
});
