import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ExpressApp, openExpressApp } from './testing/express-app.ts';

const execute = promisify(execFile);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'minified-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Bundles a program with all that it imports, as one would for a container, and gives its file. */
async function minified(contents: string): Promise<string> {
  const file = join(directory, 'program.cjs');
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
  });
  return file;
}

/** Two routes over one cache, which print what they answer, or the error at their start. */
const program = (users: string, orders: string) => `
  import express from 'express';
  import { CacheManager, singleProcess } from '../index.ts';
  import { expressCache } from './index.ts';

  async function listUsers() { return ['users']; }
  async function listOrders() { return ['orders']; }
  const cache = new CacheManager({ ports: singleProcess() });
  async function main() {
    await cache.start();
    const { cacheResult } = expressCache(cache);
    const app = express();
    app.get('/users', cacheResult(${users})(listUsers));
    app.get('/orders', cacheResult(${orders})(listOrders));
    const server = app.listen(0, '127.0.0.1', async () => {
      const ask = async (path) => (await fetch('http://127.0.0.1:' + server.address().port + path)).json();
      console.log(JSON.stringify([await ask('/users'), await ask('/orders')]));
      server.close();
      await cache.close();
    });
  }
  main().catch((error) => {
    console.log(error.message);
    return cache.close();
  });
`;

describe('bundled and minified together with the cache,', () => {
  test('routes without a name fail to start, with an error that asks for one', async () => {
    const file = await minified(program('', ''));
    const { stdout } = await execute(process.execPath, [file]);
    expect(stdout).toMatch(/^cacheResult: expected a handler with .*give the route the option name/);
  });

  test('routes with names each serve their own answer', async () => {
    const file = await minified(program("{ name: 'list_users' }", "{ name: 'list_orders' }"));
    const { stdout } = await execute(process.execPath, [file]);
    expect(JSON.parse(stdout)).toEqual([['users'], ['orders']]);
  });
});

describe('minified without the cache, which is installed beside it,', () => {
  let one: ExpressApp;
  beforeEach(async () => {
    one = await openExpressApp();
  });
  afterEach(() => one.close());

  const register = async (contents: string) => {
    const text = await readFile(await minified(contents), 'utf8');
    return () => runInNewContext(text, { cacheResult: one.cacheResult });
  };

  test('the route of the README fails to start, with an error that asks for a name', async () => {
    const start = await register('cacheResult({ timeout: 60 })(async function report({ query }) { return query; });');
    expect(start).toThrow(/^cacheResult: expected a handler with .*give the route the option name/);
  });

  test('a declared handler fails to start under its shortened name', async () => {
    const start = await register(
      'async function listUsers() { return 1; } cacheResult()(listUsers); cacheResult()(listUsers);',
    );
    expect(start).toThrow(/the name that its author gave it, got "\w{1,2}"; give the route the option name/);
  });
});
