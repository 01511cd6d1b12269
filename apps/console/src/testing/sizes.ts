import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const DIST = join(import.meta.dirname, '..', '..', 'dist');

/** Returns the bytes of all files of the built console as they are sent: in Brotli, or as they are if that is not built. */
export function builtBytes(): number {
  const names = globSync('**/*.*', { cwd: DIST, exclude: ['**/*.br', '**/*.gz', '.sources'] });
  return names
    .map((name) => join(DIST, name))
    .filter((path) => statSync(path).isFile())
    .reduce((sum, path) => sum + statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size, 0);
}

/** Counts the bytes of the bodies that a page receives from now on, without the answers of the api. Call the result for the sum. */
export function countReceived(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    const isData = new URL(request.url()).pathname.startsWith('/api/');
    if (!isData) sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
