import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { testServices } from '@pilotlight/stack/vitest';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installBeside, NAME, PACKAGE, type Published, publish } from './published.ts';
import { run, runWell } from './run.ts';
import { expectHitOnSecondRequest } from './served.ts';

/** Built-in modules that do I/O outside of the process. */
const IO = /^node:(fs|net|tls|dns|dgram|http|https|http2|child_process|cluster|worker_threads|inspector|sqlite|test)\b/;

let published: Published;
beforeAll(async () => {
  published = await publish();
});
afterAll(() => published?.remove());

describe('the package', () => {
  test('passes publint', async () => {
    const { buffer, byteOffset, byteLength } = published.tarball;
    const tarball = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const { messages } = await publint({ pack: { tarball }, strict: true });
    expect(messages).toEqual([]);
  });

  test('resolves code and types at each entry point, for ES modules and bundlers', async () => {
    const checked = await checkPackage(createPackageFromTarballData(published.tarball));
    if (!checked.types) throw new Error('expected types in the package, found none');
    expect(Object.keys(checked.entrypoints)).toEqual(expect.arrayContaining(Object.keys(published.manifest.exports)));
    // The package has ES modules only. Two results are therefore known: resolvers older than `exports` fail, and
    // CommonJS needs a Node that can require ES modules.
    const known = ['node10', 'node16-cjs'];
    const problems = checked.problems.filter(
      (problem) => !('resolutionKind' in problem && known.includes(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });

  test('can be published only on purpose: the manifest in the repository is private', () => {
    const source: { private?: boolean } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    expect([source.private, published.manifest.private]).toEqual([true, undefined]);
  });

  test('contains only code, declarations, README, its docs and LICENSE', () => {
    const { files } = published;
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'redis/index.js']));
    const expected = /\.(js|d\.ts)$|^docs\/.*\.(md|svg)$|^(LICENSE|README\.md|package\.json)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(files.filter((file) => /\.test\.|contract|under-test|scenario/.test(file))).toEqual([]);
  });

  test('each relative link of its pages names a file of the package', () => {
    const home = join(published.project, 'node_modules', NAME);
    const pages = published.files.filter((file) => file.endsWith('.md'));
    const links = pages.flatMap((page) =>
      [
        ...readFileSync(join(home, page), 'utf8')
          .replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
          .matchAll(/\]\(([^)#\s]+)/g),
      ]
        .map(([, target = '']) => ({ page, target }))
        .filter(({ target }) => !/^[a-z]+:/i.test(target)),
    );
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter(({ page, target }) => !existsSync(join(home, dirname(page), target)))).toEqual([]);
  });

  test('packing its source folder is rejected with the right command', async () => {
    const { code, stderr } = await run('npm', ['pack', '--dry-run'], { cwd: PACKAGE });
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm run package')]);
  });

  test('does not force users to install what only a subpath needs', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta, devDependencies } = published.manifest;
    expect(devDependencies).toBeUndefined();
    for (const name of ['express', 'ioredis', 'pg', 'redlock']) {
      expect([name, dependencies[name], peerDependenciesMeta[name]?.optional]).toEqual([name, undefined, true]);
      expect(peerDependencies[name]).toBeDefined();
    }
  });
});

interface Probed {
  readonly exported: string[];
  readonly loaded: string[];
  readonly env: string[];
  readonly handles: string[];
  readonly globals: string[];
  readonly listeners: number;
}

/** Returns what an import does in a process that may only read files: no sockets, no child processes, no writes. */
async function probe(entry: string): Promise<Probed> {
  const confined = ['--permission', '--allow-fs-read=*'];
  const { stdout, stderr } = await runWell(process.execPath, [...confined, 'probe.mjs', entry], {
    cwd: published.project,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('installed into an empty project', () => {
  test('its declarations pass the strictest compiler, libraries included, and infer the types of callers', async () => {
    const { code, stdout } = await run(process.execPath, [tsc()], { cwd: published.project });
    expect([code, stdout]).toEqual([0, '']);
  });

  test('a server of 15 lines with a cached route answers a hit on the second request', async () => {
    await expectHitOnSecondRequest(published.project);
  });

  test('in a project with bentocache and ioredis 5, it installs, compiles and serves hits', async () => {
    const project = await installBeside({ bentocache: '1.6.1', ioredis: '^5.4.0' }, published.tarballPath);
    try {
      const { version }: { version: string } = JSON.parse(
        readFileSync(join(project, 'node_modules', 'ioredis', 'package.json'), 'utf8'),
      );
      expect(version).toMatch(/^5\./);
      const { code, stdout } = await run(process.execPath, [tsc(), '--skipLibCheck'], { cwd: project });
      expect([code, stdout]).toEqual([0, '']);
      await expectHitOnSecondRequest(project);
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  });

  test('the entry point "." does no I/O, reads no environment and needs no optional library', async () => {
    const { loaded, env, handles } = await probe(NAME);
    expect({ env, handles, io: loaded.filter((url) => IO.test(url)) }).toEqual({ env: [], handles: [], io: [] });
    const undeclared = librariesAmong(loaded).filter((name) => !(name in published.manifest.dependencies));
    expect(undeclared).toEqual([NAME]);
  });

  test('a dependency that "." does not load brings at most one other library', async () => {
    const { dependencies } = published.manifest;
    const { loaded } = await probe(NAME);
    const more = Object.keys(dependencies).filter((name) => !librariesAmong(loaded).includes(name));
    const heavy = more.filter((name) => {
      const manifest: { dependencies?: object } = JSON.parse(
        readFileSync(join(published.project, 'node_modules', name, 'package.json'), 'utf8'),
      );
      return Object.keys(manifest.dependencies ?? {}).length > 1;
    });
    expect(heavy).toEqual([]);
  });

  test('code and declarations import only declared dependencies', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = published.manifest;
    const home = join(published.project, 'node_modules', NAME);
    const imported = new Set<string>();
    for (const file of published.files.filter((path) => /\.(js|d\.ts)$/.test(path)))
      for (const [, specifier = ''] of readFileSync(join(home, file), 'utf8').matchAll(
        /\bfrom ['"]([^.'"][^'"]*)['"]/g,
      ))
        if (!specifier.startsWith('node:')) imported.add(/^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
    expect(imported).toContain('lru-cache');
    expect([...imported].filter((name) => !(name in dependencies) && !(name in peerDependencies))).toEqual([]);
    expect(Object.keys(peerDependencies)).toEqual(Object.keys(peerDependenciesMeta));
  });

  test('no entry point has an effect at import: no handle, output, global or listener', async () => {
    expect(published.entries.length).toBeGreaterThan(3);
    for (const entry of published.entries) {
      const { exported, handles, globals, listeners } = await probe(entry);
      expect({ entry, handles, globals, listeners }).toEqual({ entry, handles: [], globals: [], listeners: 0 });
      expect(exported).not.toEqual([]);
    }
  });

  test.for(['esm', 'cjs'] as const)('bundled and minified by esbuild as %s, it caches in Redis', async (format) => {
    const { REDIS_CACHE_URL, REDIS_QUEUE_URL } = testServices();
    const { project } = published;
    const outfile = join(project, 'bundle', format === 'esm' ? 'program.mjs' : 'program.cjs');
    await build({
      entryPoints: [join(project, 'bundled.ts')],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format,
      logLevel: 'silent',
      // ioredis is CommonJS and requires Node's built-in modules.
      ...(format === 'esm' && {
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      }),
    });
    // Outside of node_modules, so that only the bundle is loaded.
    const alone = mkdtempSync(join(tmpdir(), 'pilotlight-bundle-'));
    try {
      cpSync(outfile, join(alone, basename(outfile)));
      const env = { ...process.env, REDIS_CACHE_URL, REDIS_QUEUE_URL };
      const { stdout } = await runWell(process.execPath, [basename(outfile)], { cwd: alone, env });
      expect(JSON.parse(stdout)).toEqual([
        { value: 1, outcome: 'miss' },
        { value: 1, outcome: 'hit' },
        { value: 2, outcome: 'miss' },
      ]);
    } finally {
      rmSync(alone, { recursive: true, force: true });
    }
  });

  test('a CommonJS program can require it', async () => {
    const program = 'console.log(typeof require("@pilotlight/cache-core").CacheManager)';
    const { stdout } = await runWell(process.execPath, ['--input-type=commonjs', '--eval', program], {
      cwd: published.project,
    });
    expect(stdout.trim()).toBe('function');
  });

  test('internal files cannot be imported', async () => {
    const program = 'await import("@pilotlight/cache-core/engine/reader.js")';
    const { code, stderr } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: published.project,
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED')]);
  });
});

function tsc(): string {
  return join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');
}

/** Returns the packages that files in node_modules belong to. */
function librariesAmong(urls: readonly string[]): string[] {
  const names = urls.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? '');
  return [...new Set(names.filter((name) => name !== ''))];
}
