import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLuaModule } from './build/lua-module.ts';
import { writeDocs } from './build/packed-docs.ts';

/**
 * `node build.ts [directory]` writes the published package, by default to `dist/`: JavaScript and declarations of every entry point and its
 * imports, the README and the pages that it links to, the LICENSE, and a separate package.json. Inside this repository the sources are used
 * directly; Node strips no types inside node_modules. `npm run package`, in the repository's root, builds, packs and publishes. The
 * package.json beside this file stays private, so that no version is published by accident.
 */
interface SourceManifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const COPIED_FIELDS = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'type',
  'sideEffects',
  'engines',
  'peerDependencies',
  'peerDependenciesMeta',
];
/** Versions that are not what a caret is for: `engine/breaker.ts` relies on more than the interface of this one. */
const PINNED = ['cockatiel'];

/** The entry for the simulation package of this repository. */
const WORKSPACE_ONLY = './internals';

const out = resolve(process.argv[2] ?? join(HERE, 'dist'));
rmSync(out, { recursive: true, force: true });
compile(out);
writeLuaModule(join(HERE, 'src'), out);
writeDocs(ROOT, join(HERE, 'README.md'), out);
cpSync(join(ROOT, 'LICENSE'), join(out, 'LICENSE'));
const manifest: SourceManifest = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
writeFileSync(join(out, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);

function compile(outDir: string): void {
  const tsc = join(fileURLToPath(import.meta.resolve('typescript/package.json')), '..', 'bin', 'tsc');
  const project = join(HERE, 'tsconfig.build.json');
  const { status } = spawnSync(process.execPath, [tsc, '--project', project, '--outDir', outDir], { stdio: 'inherit' });
  if (status !== 0) process.exit(1); // the compiler has printed why
}

function published(source: SourceManifest): Record<string, unknown> {
  const own = Object.keys(source.dependencies).filter((name) => !(name in source.peerDependencies));
  return {
    ...Object.fromEntries(COPIED_FIELDS.map((field) => [field, source[field]])),
    exports: {
      ...Object.fromEntries(
        Object.entries(source.exports)
          .filter(([entry]) => entry !== WORKSPACE_ONLY)
          .map(([entry, file]) => [entry, built(file)]),
      ),
      './package.json': './package.json',
    },
    // In this repository what only a subpath needs is a dependency too: a workspace package finds its libraries nowhere else.
    dependencies: Object.fromEntries(own.map((name) => [name, rangeOf(name)])),
  };
}

function built(source: string): { types: string; default: string } {
  const stem = source.replace('./src/', './').replace(/\.ts$/, '');
  return { types: `${stem}.d.ts`, default: `${stem}.js` };
}

/** From the version that is tested with. */
function rangeOf(name: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(HERE, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return PINNED.includes(name) ? version : `^${version}`;
}
