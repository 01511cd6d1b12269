import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Code, which holds no links; or a link or image: its mark, its text, its target without the anchor, and the anchor. */
const CODE_OR_LINK = /```[\s\S]*?```|`[^`\n]*`|(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\(([^)#\s]*)(#[^)\s]*)?\)/g;

/**
 * Writes the package's README, and into `docs/` the pages of the repository's `docs/` that it links to, directly or through another
 * page, so that each link of the installed package leads somewhere. A link to a file that is not packed becomes plain text.
 *
 * @param repository the root of the repository
 * @param readme the package's README, in the repository
 * @param out the directory of the built package
 */
export function writeDocs(repository: string, readme: string, out: string): void {
  const packed = new Map([[readme, join(out, 'README.md')]]);
  for (const page of linkedFiles(readme, join(repository, 'docs')))
    packed.set(page, join(out, relative(repository, page)));
  for (const [source, target] of packed) {
    mkdirSync(dirname(target), { recursive: true });
    if (source.endsWith('.md')) writeFileSync(target, withPackedLinks(source, target, packed));
    else cpSync(source, target);
  }
}

/** The files below `docs` that the README links to, and those that they link to. */
function linkedFiles(readme: string, docs: string): string[] {
  const found = new Set<string>();
  const queue = [readme];
  for (let page = queue.pop(); page !== undefined; page = queue.pop()) {
    for (const file of filesLinkedFrom(page)) {
      if (found.has(file) || !file.startsWith(join(docs, sep))) continue;
      found.add(file);
      if (file.endsWith('.md')) queue.push(file);
    }
  }
  return [...found].sort();
}

function filesLinkedFrom(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(CODE_OR_LINK)]
    .map(([, , , target = '']) => fileOf(page, target))
    .filter((file) => file !== null);
}

/** The file that a relative link names: of a folder its README; null if the link leaves the repository or names no file. */
function fileOf(page: string, target: string): string | null {
  if (target === '' || /^[a-z]+:/i.test(target)) return null;
  const path = resolve(dirname(page), target);
  if (!existsSync(path)) throw new Error(`${page} links to ${target}: expected a file, found none`);
  if (!statSync(path).isDirectory()) return path;
  const index = join(path, 'README.md');
  return existsSync(index) ? index : null;
}

function withPackedLinks(source: string, target: string, packed: ReadonlyMap<string, string>): string {
  return readFileSync(source, 'utf8').replace(CODE_OR_LINK, (whole, mark = '', text = '', to = '', anchor = '') => {
    if (to === '' || /^[a-z]+:/i.test(to)) return whole;
    const file = fileOf(source, to);
    const place = file === null ? undefined : packed.get(file);
    return place === undefined ? text : `${mark}[${text}](${relative(dirname(target), place)}${anchor})`;
  });
}
