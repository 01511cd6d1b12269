import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const pages = ['README.md', ...globSync(['docs/**/*.md', 'packages/*/README.md'], { cwd: ROOT })];

/** Without what is shown as code. */
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```|`[^`\n]*`/g, '`code`');
const linksOf = (page: string) =>
  [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link.split('#'));

test.for(pages)('every link of %s leads to something in the repository', (page) => {
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

/** As GitHub names them: a heading that comes again has a number behind it. */
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
