import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.ts';
import { generateReference, type Reference } from './generate.ts';

export interface Places {
  readonly packageDir: string;
  /** Holds the pages, and nothing else that ends in `.md`. */
  readonly pagesDir: string;
  /** Parts of exported types that nobody has to name. */
  readonly nameless?: readonly string[];
}

export const PLACES: Places = {
  packageDir: join(ROOT, 'packages', 'cache-core'),
  pagesDir: join(ROOT, 'docs', 'api'),
  nameless: ['Alone', 'NOT_MODIFIED'],
};

/** Writes the pages, and takes away those that are no longer made. Answers what has to be mended in the sources. */
export async function writeReference({ packageDir, pagesDir, nameless = [] }: Places): Promise<readonly string[]> {
  const { pages, complaints } = await generateReference(packageDir, nameless);
  mkdirSync(pagesDir, { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(pagesDir, file), text);
  for (const file of pagesIn(pagesDir)) if (!pages.has(file)) rmSync(join(pagesDir, file));
  return complaints;
}

/** What has to be mended in the sources, and which pages are not what the sources say. Writes nothing. */
export async function referenceComplaints({ packageDir, pagesDir, nameless = [] }: Places): Promise<readonly string[]> {
  const reference = await generateReference(packageDir, nameless);
  return [...reference.complaints, ...outdatedPages(reference, pagesDir)];
}

function outdatedPages({ pages }: Reference, pagesDir: string): string[] {
  const there = pagesIn(pagesDir);
  const isOutdated = ([file, text]: [string, string]) =>
    !there.includes(file) || readFileSync(join(pagesDir, file), 'utf8') !== text;
  const outdated = [...pages].filter(isOutdated).map(([file]) => file);
  const left = there.filter((file) => !pages.has(file));
  return [...outdated, ...left].map((file) => `${file} of the reference is not what the docstrings say: npm run docs`);
}

function pagesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((file) => file.endsWith('.md'));
}
