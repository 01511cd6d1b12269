import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isAlive } from '@pilotlight/stack/testing';
import { expect, onTestFinished, test } from 'vitest';
import { sendSignal } from './system/signals.ts';

const SCRIPT = fileURLToPath(new URL('./system/freeze-and-wait.ts', import.meta.url));

/** Starts a suite that has frozen a process. Returns it, and the pid of the process. */
async function suiteWithFrozen(...args: string[]): Promise<{ suite: ChildProcess; pid: number }> {
  const suite = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void suite.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: suite.stdout }), 'line');
  const pid = Number(line);
  onTestFinished(() => sendSignal(pid, 'SIGKILL'));
  return { suite, pid };
}

test('given a suite that is killed while a process is frozen, the process ends, and without the harness it remains', async () => {
  const unwatched = await suiteWithFrozen('unwatched');
  const watched = await suiteWithFrozen();
  unwatched.suite.kill('SIGKILL');
  sendSignal(unwatched.pid, 'SIGTERM');
  watched.suite.kill('SIGKILL');
  await expect.poll(() => isAlive(watched.pid)).toBe(false);
  expect(isAlive(unwatched.pid)).toBe(true);
});
