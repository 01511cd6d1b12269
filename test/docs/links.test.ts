import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const pages = ['README.md', ...globSync(['docs/**/*.md', 'packages/*/README.md'], { cwd: ROOT })];

/** Returns the text of a page without its code. */
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```|`[^`\n]*`/g, '`code`');
const linksOf = (page: string) =>
  [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link.split('#'));

test.for(pages)('every link of %s leads to a file of the repository', (page) => {
  const links = linksOf(page).map(([file = '']) => file);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
});

test.for(pages)('every link of %s to a part of a page leads to a heading', (page) => {
  const gone = linksOf(page).filter(([file = '', anchor]) => {
    const target = file === '' ? page : join(dirname(page), file);
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(gone.map((link) => link.join('#'))).toEqual([]);
});

/** Returns the anchors of a page as GitHub makes them: a repeated heading gets a number as suffix. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const seen = new Map<string, number>();
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}

test('the environment table of the README lists every variable that a process reads', () => {
  const SOURCES = join(ROOT, 'packages', 'runtime', 'src');
  const read = (file: string) => readFileSync(join(SOURCES, file), 'utf8');
  const config = read('config.ts');
  const schema = config.slice(config.indexOf('environmentSchema'), config.indexOf('export interface Config'));
  const groups = globSync('*-config.ts', { cwd: SOURCES }).map(read);
  const names = [schema, ...groups].flatMap((text) =>
    [...text.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name),
  );
  expect(names.length).toBeGreaterThan(8);
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  // Launchers set this variable for their children; users do not.
  const internal = ['PARENT_PIPE'];
  expect(names.filter((name) => !internal.includes(name) && !readme.includes(`\`${name}\``))).toEqual([]);
});
