import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { packageManager: string };

/** Licences that allow use, change and distribution; MPL-2.0 is for the bundler of the tests only. */
const ALLOWED = [
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'BlueOak-1.0.0',
    'Unlicense',
    'CC0-1.0',
  ],
  ...['Python-2.0', 'PSF-2.0', 'MPL-2.0', 'CC-BY-4.0', 'Zlib'],
];
/** Packages whose package.json names the licence in an old form that no tool reads: MIT, by their files. */
const MIT_BY_FILE = ['ssh2', 'cpu-features', 'buildcheck', 'busboy', 'streamsearch'];
/** The grant, the condition and the disclaimer of MIT. */
const MIT_TEXT = [
  'without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies',
  'The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.',
  'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND',
];

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly expression?: string; readonly license?: { id?: string; name?: string } }[];
}

/** Runs the pinned pnpm. Returns its output, whatever its exit code. */
async function pnpm(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const command = ['--yes', '--prefer-offline', '--package', packageManager, '--', 'pnpm', ...args];
  const options = { cwd: ROOT, maxBuffer: 64 * 1024 ** 2 };
  return await promisify(execFile)('npx', command, options).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error)
      return { stdout: String(error.stdout), stderr: String(error.stderr) };
    throw error;
  });
}

/** Returns each package of the lockfile as `name@version`. */
function packagesOfLockfile(): string[] {
  const lock = readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8');
  const [, packages = ''] = /^packages:\n(.*?)^snapshots:$/ms.exec(lock) ?? [];
  return [...packages.matchAll(/^ {2}'?([^\s']+)'?:$/gm)].map(([, one = '']) => one);
}

/** Returns the packages that pnpm did not install, because they are for another system or processor. */
function packagesOfOtherMachines(): Set<string> {
  const modules = readFileSync(join(ROOT, 'node_modules', '.modules.yaml'), 'utf8');
  const { skipped } = JSON.parse(modules) as { skipped: string[] };
  // Without the versions of its peers.
  return new Set(skipped.map((one) => one.replace(/\(.*$/, '')));
}

function workspacePackages(): string[] {
  return globSync('{apps,packages}/*/package.json', { cwd: ROOT }).map(
    (file) => (JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { name: string }).name,
  );
}

/** Returns whether each licence that has to be kept is allowed: of `A OR B` one, of `A AND B` both. */
function isAllowed({ name, licenses = [] }: Pick<Component, 'name' | 'licenses'>): boolean {
  if (licenses.length === 0) return MIT_BY_FILE.includes(name);
  return licenses.every(({ expression, license }) => {
    const text = (expression ?? license?.id ?? license?.name ?? '').replaceAll(/[()]/g, '');
    return text.split(' AND ').every((part) => part.split(' OR ').some((one) => ALLOWED.includes(one.trim())));
  });
}

test('the bill of materials has every package locked for this machine, with an allowed licence', async () => {
  const { stdout } = await pnpm('sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application');
  const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: Component[] };
  expect(bomFormat).toBe('CycloneDX');
  const refused = components
    .filter((one) => !isAllowed(one))
    .map((one) => `${one.purl} ${JSON.stringify(one.licenses)}`);
  expect(refused).toEqual([]);
  const listed = components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '')));
  const [locked, skipped, ownNames] = [packagesOfLockfile(), packagesOfOtherMachines(), workspacePackages()];
  expect(locked.length).toBeGreaterThan(300);
  const expected = locked.filter((one) => !skipped.has(one));
  const isOwn = (one: string) => ownNames.includes(one.slice(0, one.lastIndexOf('@')));
  expect(listed.filter((one) => !isOwn(one)).toSorted()).toEqual(expected.toSorted());
});

test('the packages that name their licence in an old form have the text of MIT in their files', () => {
  for (const name of MIT_BY_FILE) {
    const [folder, ...others] = globSync(`node_modules/.pnpm/${name}@*/node_modules/${name}`, { cwd: ROOT });
    if (folder === undefined || others.length > 0) throw new Error(`expected one version of ${name}, got ${folder}`);
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    expect(manifest, name).toMatchObject({ name, licenses: [{ type: 'MIT' }] });
    const text = readFileSync(join(ROOT, folder, 'LICENSE'), 'utf8').replaceAll(/\s+/g, ' ');
    for (const part of MIT_TEXT) expect(text, name).toContain(part);
  }
});

test('control: a licence that is not on the list, alone or beside one that is, is refused', () => {
  const of = (expression: string) => isAllowed({ name: 'x', licenses: [{ expression }] });
  expect(['GPL-3.0-only', 'MIT AND AGPL-3.0-only', 'UNLICENSED', ''].map(of)).toEqual([false, false, false, false]);
  expect(['MIT', '(MIT OR GPL-2.0-only)', 'MIT AND ISC'].map(of)).toEqual([true, true, true]);
  expect(isAllowed({ name: 'x', licenses: [] })).toBe(false);
});

interface Audit {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
}

test('no package has a known vulnerability of level high, or the run says that the registry did not answer', async () => {
  const { stdout, stderr } = await pnpm('audit', '--json', '--audit-level', 'high');
  const found = (stdout.startsWith('{') ? (JSON.parse(stdout) as Audit) : {}).metadata?.vulnerabilities;
  if (found !== undefined) {
    expect({ high: found['high'] ?? 0, critical: found['critical'] ?? 0 }).toEqual({ high: 0, critical: 0 });
    return;
  }
  const reason = `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ').trim();
  console.warn(`NOT AUDITED: the registry did not answer: ${reason.slice(0, 300)}`);
  expect(process.env['REQUIRE_AUDIT'], reason).not.toBe('1');
  expect(reason).toMatch(/audit|registry|ENOTFOUND|ECONN|timeout/i);
});
