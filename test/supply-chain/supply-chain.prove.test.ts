import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

/** Returns whether each licence that has to be kept is allowed: of `A OR B` one, of `A AND B` both. */
function isAllowed({ name, licenses = [] }: Pick<Component, 'name' | 'licenses'>): boolean {
  if (licenses.length === 0) return MIT_BY_FILE.includes(name);
  return licenses.every(({ expression, license }) => {
    const text = (expression ?? license?.id ?? license?.name ?? '').replaceAll(/[()]/g, '');
    return text.split(' AND ').every((part) => part.split(' OR ').some((one) => ALLOWED.includes(one.trim())));
  });
}

test('the bill of materials has every package of the lockfile, with an allowed licence', async () => {
  const { stdout } = await pnpm('sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application');
  const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: Component[] };
  expect(bomFormat).toBe('CycloneDX');
  const refused = components
    .filter((one) => !isAllowed(one))
    .map((one) => `${one.purl} ${JSON.stringify(one.licenses)}`);
  expect(refused).toEqual([]);
  const listed = new Set(components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', ''))));
  const lock = readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8');
  const direct = [...lock.matchAll(/^ {8}version: (?!link:)([^\s(]+)/gm)].length;
  expect(direct).toBeGreaterThan(100);
  for (const name of ['express', 'pg', 'bullmq', 'ioredis', 'zod', 'redlock'])
    expect([...listed].some((one) => one.startsWith(`${name}@`))).toBe(true);
  expect(listed.size).toBeGreaterThan(300);
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
