import { fork } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@pilotlight/stack/testing';
import { testServices } from '@pilotlight/stack/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../package/run.ts';
import { programOf, type Snippet, snippetsOf } from './snippets/snippets-of.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HERE = join(import.meta.dirname, 'snippets');
const PAGES = [
  'packages/cache-core/README.md',
  'docs/another-store.md',
  'docs/coming-from.md',
  'docs/observability.md',
];
const snippets = PAGES.flatMap((page) => snippetsOf(ROOT, page));
const programs = snippets.filter(({ file }) => file === null);
const files = snippets.filter(({ file }) => file !== null);

/** Fails both ways: without it, a passing test could mean that nothing was checked. */
const CONTROL: Snippet = {
  ...{ page: 'control', line: 1, heading: '', given: ['cache'], first: [], after: [], isRun: true, file: null },
  code: "const text: string = 1;\nawait cache.get('nothing'); // → 1",
};

let home: string;
let complaints: ReadonlyMap<string, string | null>;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'pilotlight-snippets-'));
  writePrograms();
  complaints = await runAll([...programs, CONTROL].filter(({ isRun }) => isRun).map(fileOf));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const directoryOf = ({ page, line }: Snippet) => join(home, `${page.replace(/\W/g, '-')}-${line}`);
const fileOf = (snippet: Snippet) => join(directoryOf(snippet), 'snippet.ts');

/**
 * Writes each program to its own directory, so that it gets its own cache. Together they form a project with the test's
 * libraries.
 */
function writePrograms(): void {
  for (const snippet of [...programs, CONTROL]) {
    mkdirSync(directoryOf(snippet));
    cpSync(join(HERE, 'given.ts'), join(directoryOf(snippet), 'given.ts'));
    writeFileSync(fileOf(snippet), programOf(snippet));
  }
  symlinkSync(join(ROOT, 'test', 'node_modules'), join(home, 'node_modules'));
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const project = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include: ['*/*.ts'] };
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify(project));
}

/** Returns the result of each program: null, or the complaint. */
async function runAll(paths: readonly string[]): Promise<Map<string, string | null>> {
  const { DATABASE_URL, REDIS_CACHE_URL, REDIS_QUEUE_URL } = testServices();
  const database = await createDatabase(DATABASE_URL);
  const env = { ...process.env, DATABASE_URL: database.url, REDIS_CACHE_URL, REDIS_QUEUE_URL };
  const child = fork(join(HERE, 'run-all.ts'), paths, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const said = new Map<string, string | null>();
  child.on('message', ({ program, complaint }: { program: string; complaint: string | null }) => {
    said.set(program, complaint);
  });
  await new Promise((resolve) => child.once('exit', resolve));
  await database.drop();
  return said;
}

const named = (all: readonly Snippet[]) => all.map((snippet) => ({ name: `${snippet.page}:${snippet.line}`, snippet }));

test('the pages have snippets', () => {
  for (const page of PAGES) expect(snippets.filter((snippet) => snippet.page === page).length).toBeGreaterThan(2);
  expect(
    programs
      .map(programOf)
      .join('')
      .match(/\bshows\(/g)?.length,
  ).toBeGreaterThan(20);
});

test('every snippet compiles with the names that it is given', async () => {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const { stdout } = await run(process.execPath, [join(manifest, '..', 'bin', 'tsc'), '--project', home], {
    cwd: home,
  });
  const [ofControl, ...more] = stdout.trim().split('\n');
  expect(more).toEqual([]);
  expect(ofControl).toMatch(/^control-1\/snippet\.ts\(2,7\): error TS2322/);
});

describe('the values that a snippet states are correct', () => {
  test('control: a snippet that states a wrong value is found', () => {
    expect(complaints.get(fileOf(CONTROL))).toMatch(/AssertionError.*undefined !== 1/s);
  });
  test.for(named(programs.filter(({ isRun }) => isRun)))('$name', ({ snippet }) => {
    expect(complaints.get(fileOf(snippet)), programOf(snippet)).toBe(null);
  });
});

test.for(named(files))('$name equals its file, which a separate test runs', ({ snippet }) => {
  expect(`${snippet.code}\n`).toBe(readFileSync(join(ROOT, snippet.file ?? ''), 'utf8'));
});
