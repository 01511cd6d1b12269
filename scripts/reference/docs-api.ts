import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.ts';
import { generateReference, type Reference } from './generate.ts';

const PACKAGE = join(ROOT, 'packages', 'cache-core');
const PAGES = join(ROOT, 'docs', 'api');

/** Puts the pages in `docs/api`, and takes away those that are no longer made. Answers what has to be mended in the sources. */
export async function writeReference(): Promise<readonly string[]> {
  const { pages, complaints } = await generateReference(PACKAGE);
  mkdirSync(PAGES, { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(PAGES, file), text);
  for (const file of committedPages()) if (!pages.has(file)) rmSync(join(PAGES, file));
  return complaints;
}

/** What has to be mended in the sources, and which pages are not what the sources say. */
export async function referenceComplaints(): Promise<readonly string[]> {
  const reference = await generateReference(PACKAGE);
  return [...reference.complaints, ...outdatedPages(reference)];
}

function outdatedPages({ pages }: Reference): string[] {
  const committed = committedPages();
  const differing = [...pages].filter(
    ([file, text]) => !committed.includes(file) || readFileSync(join(PAGES, file), 'utf8') !== text,
  );
  const gone = committed.filter((file) => !pages.has(file));
  return [...differing.map(([file]) => file), ...gone].map(
    (file) => `docs/api/${file}: not what the docstrings say; run npm run docs`,
  );
}

function committedPages(): string[] {
  try {
    return readdirSync(PAGES).filter((file) => file.endsWith('.md'));
  } catch {
    return []; // not made yet
  }
}
