import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';

const HERE = new URL('.', import.meta.url);
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a process that shuts down with these steps, given as code. It prints each step's name when the step begins. */
async function run(steps: Record<string, string>, { withinMs = 10_000, stepMs = 10_000, onInputEnd = false } = {}) {
  const code = `
    import { createLogger } from '${new URL('logger.ts', HERE)}';
    import { shutDownOnSignal } from '${new URL('shutdown.ts', HERE)}';
    const logger = createLogger({ level: 'info', forPeople: false, name: 'x' });
    const steps = [${Object.entries(steps).map(
      ([name, body]) =>
        `{ name: '${name}', withinMs: ${stepMs}, run: async () => { process.stdout.write('begin ${name}\\n'); ${body}; process.stdout.write('end ${name}\\n'); } }`,
    )}];
    shutDownOnSignal(steps, { logger, withinMs: ${withinMs}, onInputEnd: ${onInputEnd} });
    setInterval(() => undefined, 1_000);
    process.stdout.write('up\\n');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  let printed = '';
  child.stdout.on('data', (bytes) => (printed += String(bytes)));
  const ended = once(child, 'close').then(([exitCode]) => exitCode as number | null);
  const seen = (text: string) => vi.waitUntil(() => printed.includes(text), { timeout: 30_000 });
  await seen('up\n');
  const stepLines = () => printed.split('\n').filter((line) => /^(begin|end) /.test(line));
  return { child, ended, seen, stepLines, printed: () => printed };
}

test.for(['SIGTERM', 'SIGINT'] as const)('%s runs the steps one after the other and ends with 0', async (signal) => {
  const process = await run({ first: 'await new Promise((resolve) => setImmediate(resolve))', second: '' });
  process.child.kill(signal);
  expect(await process.ended).toBe(0);
  expect(process.stepLines()).toEqual(['begin first', 'end first', 'begin second', 'end second']);
});

test('a failed step is logged, the others still run, and the process ends with 1', async () => {
  const process = await run({ first: "throw new Error('it broke')", second: '' });
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(1);
  expect(process.stepLines()).toEqual(['begin first', 'begin second', 'end second']);
  expect(process.printed()).toContain('it broke');
});

test('a step that never ends is aborted, and the process ends with 1', async () => {
  const process = await run({ first: 'await new Promise(() => undefined)', second: '' }, { withinMs: 50 });
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(1);
  expect(process.stepLines()).toEqual(['begin first']);
  expect(process.printed()).toContain('shutdown took longer than 50 ms');
});

test('given a step that exceeds its own limit, the later ones run and the process ends with 0', async () => {
  const process = await run({ first: 'await new Promise(() => undefined)', second: '' }, { stepMs: 50 });
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(0);
  expect(process.stepLines()).toEqual(['begin first', 'begin second', 'end second']);
  expect(process.printed()).toContain('shutdown: step first took longer than 50 ms: continuing');
});

test('a second signal ends the process at once with 1', async () => {
  const process = await run({ first: 'await new Promise(() => undefined)' });
  process.child.kill('SIGTERM');
  await process.seen('begin first');
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(1);
});

test('the end of input shuts the process down if that is configured', async () => {
  const process = await run({ first: '' }, { onInputEnd: true });
  process.child.stdin?.end();
  expect(await process.ended).toBe(0);
  expect(process.stepLines()).toEqual(['begin first', 'end first']);
});

test('the end of input is ignored if that is not configured', async () => {
  const process = await run({ first: '' });
  process.child.stdin?.end();
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(0);
  expect(process.printed()).toContain('SIGTERM: shutting down');
});
