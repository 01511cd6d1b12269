import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })];

test.for(pages)('every link of %s leads to something in the repository', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
});

test('the table of the environment in the README names every variable that a process reads', () => {
  const config = readFileSync(join(ROOT, 'packages', 'runtime', 'src', 'config.ts'), 'utf8');
  const schema = config.slice(config.indexOf('environmentSchema'), config.indexOf('export interface Config'));
  const names = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(8);
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  // What launchers tell their children is not for people to set.
  const internal = ['PARENT_PIPE'];
  expect(names.filter((name) => !internal.includes(name) && !readme.includes(`\`${name}\``))).toEqual([]);
});
