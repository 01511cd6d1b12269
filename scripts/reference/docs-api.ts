import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.ts';
import { generateReference, type Reference } from './generate.ts';

export interface Places {
  readonly packageDir: string;
  /** The folder of the pages, and of no other `.md` file. */
  readonly pagesDir: string;
  /** Parts of exported types that callers never name. */
  readonly nameless?: readonly string[];
}

export const PLACES: Places = {
  packageDir: join(ROOT, 'packages', 'cache-core'),
  pagesDir: join(ROOT, 'docs', 'api'),
  nameless: ['Alone', 'NOT_MODIFIED'],
};

/**
 * Writes the pages and removes those of entry points that no longer exist. Returns what must be fixed in the sources.
 */
export async function writeReference({ packageDir, pagesDir, nameless = [] }: Places): Promise<readonly string[]> {
  const { pages, complaints } = await generateReference(packageDir, nameless);
  mkdirSync(pagesDir, { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(pagesDir, file), text);
  for (const file of pagesIn(pagesDir)) if (!pages.has(file)) rmSync(join(pagesDir, file));
  return complaints;
}

/** Returns what must be fixed in the sources and which pages do not match them. Writes nothing. */
export async function referenceComplaints({ packageDir, pagesDir, nameless = [] }: Places): Promise<readonly string[]> {
  const reference = await generateReference(packageDir, nameless);
  return [...reference.complaints, ...stalePages(reference, pagesDir)];
}

function stalePages({ pages }: Reference, pagesDir: string): string[] {
  const there = pagesIn(pagesDir);
  const isStale = ([file, text]: [string, string]) =>
    !there.includes(file) || readFileSync(join(pagesDir, file), 'utf8') !== text;
  const stale = [...pages].filter(isStale).map(([file]) => file);
  const left = there.filter((file) => !pages.has(file));
  return [...stale, ...left].map(
    (file) => `${file} of the reference does not match the docstrings; run "npm run docs"`,
  );
}

function pagesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((file) => file.endsWith('.md'));
}
