import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { MAX_PICTURE_BYTES, PICTURES, pictureName } from './picture-list.ts';
import { ROOT } from './root.ts';

const TAKEN = PICTURES.flatMap(({ name }) => [pictureName(name, 'light'), pictureName(name, 'dark')]);
const PAGES = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })];

/** Returns the files of the pictures of a page, in order, by their paths from the root. */
const picturesOf = (page: string): string[] =>
  [
    ...readFileSync(join(ROOT, page), 'utf8').matchAll(/(?:src|srcset)="([^"]+\.png)"|!\[[^\]]*\]\(([^)]+\.png)\)/g),
  ].map(([, source, link]) => join(dirname(page), source ?? link ?? ''));

test('each picture of the console exists and has at most 150 kB', () => {
  expect(globSync('docs/images/*.png', { cwd: ROOT }).toSorted()).toEqual(TAKEN.toSorted());
  expect(TAKEN.filter((file) => statSync(join(ROOT, file)).size > MAX_PICTURE_BYTES)).toEqual([]);
});

test.for(PAGES)('each picture of %s exists', (page) => {
  expect(picturesOf(page).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('the README begins with a picture of the console, and the docs show the others', () => {
  const [beginning = ''] = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n## ');
  expect(beginning).toContain('<picture>');
  expect(picturesOf('README.md').slice(0, 2)).toEqual([
    pictureName('overview', 'dark'),
    pictureName('overview', 'light'),
  ]);
  expect(picturesOf('docs/console.md').toSorted()).toEqual(TAKEN.toSorted());
});
