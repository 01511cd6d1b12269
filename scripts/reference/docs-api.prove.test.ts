import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Places, referenceComplaints, writeReference } from './docs-api.ts';

let home: string;
let places: Places;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pilotlight-docs-api-'));
  places = { packageDir: join(home, 'package'), pagesDir: join(home, 'docs', 'api') };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Creates a package with two entry points. */
function packageOf({ core, more = '/** Two. */ export const two = 2;' }: { core: string; more?: string }): void {
  mkdirSync(join(places.packageDir, 'src', 'more'), { recursive: true });
  const files = {
    'package.json':
      '{ "name": "p", "type": "module", "exports": { ".": "./src/index.ts", "./more": "./src/more/index.ts" } }',
    'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "types": [], "strict": true }, "include": ["src"] }',
    'src/index.ts': core,
    'src/more/index.ts': more,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(places.packageDir, file), text);
}

const DOCUMENTED = '/** Adds one. */ export function increment(n: number): number { return n + 1; }';

test('the pages match the docstrings, one per entry point, and nothing is reported', async () => {
  packageOf({ core: DOCUMENTED });
  expect(await writeReference(places)).toEqual([]);
  expect(readdirSync(places.pagesDir).sort()).toEqual(['README.md', 'cache-core.md', 'more.md']);
  const page = readFileSync(join(places.pagesDir, 'cache-core.md'), 'utf8');
  expect(page).toContain('> **increment**(`n`: `number`): `number`\n\nAdds one.');
  expect(await referenceComplaints(places)).toEqual([]);
});

test('changed docstrings, orphaned pages and missing pages are reported', async () => {
  packageOf({ core: DOCUMENTED });
  await writeReference(places);
  packageOf({ core: DOCUMENTED.replace('Adds one', 'Adds 1') });
  rmSync(join(places.pagesDir, 'more.md'));
  writeFileSync(join(places.pagesDir, 'gone.md'), '');
  const complaints = await referenceComplaints(places);
  expect(complaints.map((line) => line.split(' ')[0])).toEqual(['cache-core.md', 'more.md', 'gone.md']);
});

test('undocumented exports, unexported names and dead links are reported', async () => {
  packageOf({
    core: [
      'interface Hidden { readonly n: number }',
      'export interface Options { readonly size?: number }',
      'export class Box { open(): void { return; } }',
      '/** See {@link nothing}. */ export const hidden: Hidden = { n: 1 };',
    ].join('\n'),
  });
  const complaints = (await writeReference(places)).join('\n');
  for (const name of ['cache-core.Options', 'cache-core.Options.size', 'cache-core.Box', 'cache-core.Box.open'])
    expect(complaints).toContain(`${name} has no docstring`);
  expect(complaints).toMatch(/Hidden.* not included in the documentation/);
  expect(complaints).toMatch(/nothing/);
});

test('files beside the pages are not touched, in their directory or around it', async () => {
  packageOf({ core: DOCUMENTED });
  mkdirSync(places.pagesDir, { recursive: true });
  writeFileSync(join(places.pagesDir, 'old.md'), 'a page of a removed entry point');
  const others = [join(home, 'docs', 'page.md'), join(places.pagesDir, 'picture.svg')];
  for (const other of others) writeFileSync(other, 'mine');
  await writeReference(places);
  for (const other of others) expect(readFileSync(other, 'utf8')).toBe('mine');
  expect(readdirSync(join(home, 'docs')).sort()).toEqual(['api', 'page.md']);
  expect(readdirSync(places.pagesDir)).not.toContain('old.md');
});
