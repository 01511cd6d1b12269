import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathAsTyped, ROOT } from './root.ts';
import { runCommand } from './run-command.ts';

const PACKAGE = join(ROOT, 'packages', 'cache-core');

/**
 * `npm run package`: builds and packs cache-core. The last line of stdout is the path of the tarball and nothing else.
 * `-- --out DIR` sets the folder of the tarball; it defaults to `packages/cache-core/`. `-- --publish` publishes the
 * tarball, with the npm options `--tag`, `--access`, `--otp` and `--dry-run`.
 */
await runCommand(() => {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      publish: { type: 'boolean', default: false },
      tag: { type: 'string' },
      access: { type: 'string' },
      otp: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const out = values.out === undefined ? PACKAGE : pathAsTyped(values.out);
  const dist = mkdtempSync(join(tmpdir(), 'pilotlight-package-'));
  mkdirSync(out, { recursive: true });
  console.error('Building @pilotlight/cache-core');
  run(process.execPath, [join(PACKAGE, 'build.ts'), dist]);
  // An absolute path: npm would read a bare name as a package of the registry.
  const packed: [{ filename: string }] = JSON.parse(
    run('npm', ['pack', '--json', '--silent', '--pack-destination', out, dist]),
  );
  rmSync(dist, { recursive: true });
  const tarball = join(out, packed[0].filename);
  if (values.publish) {
    const options = (['tag', 'access', 'otp'] as const).flatMap((name) =>
      values[name] === undefined ? [] : [`--${name}`, values[name]],
    );
    console.error(run('npm', ['publish', tarball, ...options, ...(values['dry-run'] ? ['--dry-run'] : [])]));
  }
  console.log(tarball);
  return Promise.resolve();
});

function run(program: string, args: readonly string[]): string {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args[0]}: expected exit code 0, got ${status}`);
  return stdout;
}
