import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const CONSOLE = import.meta.dirname;
const ROOT = dirname(dirname(CONSOLE));
const DIST = join(CONSOLE, 'dist');
const STAMP = join(DIST, '.sources');
/** Everything that the build reads. The lockfile has the versions of the libraries and of the build itself. */
const SOURCES = [
  'apps/console/{index.html,build.ts,vite.config.ts,package.json}',
  'apps/console/public/**/*',
  'apps/console/src/**/*.{ts,tsx,css}',
  'packages/client/src/**/*.ts',
  'pnpm-lock.yaml',
];
/** Two processes that publish at once may each find the other's step undone. */
const PUBLISH_ATTEMPTS = 5;
const SMALLEST_COMPRESSED = 256;

/**
 * Builds the console into `apps/console/dist` unless its sources are those of the last build. Takes about two seconds.
 *
 * @returns whether it was built
 */
export async function buildConsole(log: (line: string) => void): Promise<boolean> {
  const sources = fingerprint();
  if (isBuiltFrom(sources)) return false;
  const startedAt = performance.now();
  log('Building the console');
  // Loaded here, because a start that finds everything built needs no part of it.
  const { build } = await import('vite');
  const outDir = join(CONSOLE, `dist.${process.pid}`);
  try {
    await build({
      configFile: join(CONSOLE, 'vite.config.ts'),
      mode: 'production',
      logLevel: 'warn',
      build: { outDir, emptyOutDir: true },
    });
    await compressAll(outDir);
    writeFileSync(join(outDir, '.sources'), sources);
    publish(outDir, sources);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  log(`Built the console in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return true;
}

function isBuiltFrom(sources: string): boolean {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources;
}

/** Puts a build in the place of the last one, unless another process has put the same there, which an api may be reading. */
function publish(outDir: string, sources: string): void {
  const before = `${outDir}.before`;
  for (let attempt = 1; !isBuiltFrom(sources); attempt++) {
    try {
      // Moved and not removed in place: another process may have put its build there meanwhile, and would lose a part of it.
      if (existsSync(DIST)) renameSync(DIST, before);
      renameSync(outDir, DIST);
    } catch (error) {
      if (attempt === PUBLISH_ATTEMPTS) throw error;
    } finally {
      rmSync(before, { recursive: true, force: true });
    }
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const name of globSync(SOURCES, { cwd: ROOT, exclude: ['**/*.test.ts', '**/testing/**'] }).sort()) {
    const path = join(ROOT, name);
    hash.update(`${name}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Writes a `.br` and a `.gz` beside each file, so that the api compresses nothing. */
async function compressAll(directory: string): Promise<void> {
  const names = globSync('**/*.{html,js,css,svg}', { cwd: directory });
  await Promise.all(
    names.map(async (name) => {
      const content = readFileSync(join(directory, name));
      if (content.length < SMALLEST_COMPRESSED) return;
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      writeFileSync(join(directory, `${name}.br`), await promisify(brotliCompress)(content, { params }));
      writeFileSync(join(directory, `${name}.gz`), await promisify(gzip)(content, { level: 9 }));
    }),
  );
}

if (import.meta.main) await buildConsole((line) => process.stderr.write(`${line}\n`));
