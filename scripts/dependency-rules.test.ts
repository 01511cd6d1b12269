import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dependencyComplaints } from './dependency-rules.ts';
import { ROOT } from './root.ts';

function complaintsAbout(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return dependencyComplaints(root);
}

test('this repository follows its own dependency rules', () => {
  expect(dependencyComplaints(ROOT)).toEqual([]);
});

test('origin may not import the cache, and an app may not import another', () => {
  expect(complaintsAbout({ 'packages/origin/src/a.ts': "import { x } from '@pilotlight/cache-core';\n" })).toEqual([
    expect.stringContaining('packages/origin may import @pilotlight/contracts'),
  ]);
  expect(complaintsAbout({ 'apps/api/src/a.ts': "import { x } from '../../worker/src/b.ts';\n" })).toEqual([
    expect.stringContaining('outside its package'),
  ]);
});

test('nothing that the engine imports does I/O; types are exempt', () => {
  const engine = {
    'packages/cache-core/src/index.ts': "export { a } from './a.ts';\nimport type { Redis } from 'ioredis';\n",
    'packages/cache-core/src/a.ts': "import {\n  Redis,\n} from 'ioredis';\nexport const a = process.env;\n",
  };
  const complaints = complaintsAbout(engine);
  expect(complaints).toHaveLength(2);
  expect(complaints.join()).toMatch(/process\.env.*ioredis/s);
});

test('a layer of cache-core imports only lower layers, types included', () => {
  const complaints = complaintsAbout({
    'packages/cache-core/src/model/key.ts': "import type { Reader } from '../engine/reader.ts';\n",
    'packages/cache-core/src/engine/reader.ts': "import { key } from '../model/key.ts';\nexport { b } from './b.ts';\n",
    'packages/cache-core/src/memory/memory-tier.ts': "import { codec } from '../envelope/codec.ts';\n",
    'packages/cache-core/src/cellar/attic.ts': '',
  });
  expect(complaints).toEqual([
    expect.stringMatching(/^packages\/cache-core\/src\/cellar\/attic\.ts: the folder cellar has no layer/),
    expect.stringMatching(/memory-tier\.ts: imports \.\.\/envelope\/codec\.ts; memory may import only layers below it/),
    expect.stringMatching(/model\/key\.ts: imports \.\.\/engine\/reader\.ts; model may import only layers below it/),
  ]);
});

test('at most five files lie flat in cache-core', () => {
  const flat = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`packages/cache-core/src/${name}.ts`, ''] as const);
  expect(complaintsAbout(Object.fromEntries(flat))).toEqual([expect.stringContaining('6 files lie flat')]);
});

test('production code must not import test support', () => {
  const text = "import type { Clock } from './testing/manual-clock.ts';\n";
  expect(complaintsAbout({ 'packages/origin/src/a.ts': text })).toEqual([expect.stringContaining('test support')]);
  expect(complaintsAbout({ 'packages/origin/src/a.test.ts': text })).toEqual([]);
});
