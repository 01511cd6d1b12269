import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const KILL_AFTER_MS = 15_000;

/** The server runs on one core and the generator of load on the other, so that neither takes time from the other. */
export const CORES = { server: 0, load: 1 } as const;

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Returns the command that runs a program on one core, where the system can pin processes. */
export function pinned(core: number, command: readonly string[]): [file: string, ...args: string[]] {
  const [file = '', ...args] = process.platform === 'linux' ? ['taskset', '-c', String(core), ...command] : command;
  return [file, ...args];
}

/**
 * Runs a script of the repository on the same Node, on one core if given. Resolves once it has printed its URL, or at once if it
 * prints none.
 */
export async function startScript(
  script: string,
  env: Record<string, string>,
  { core, flags = [], waitsForUrl = true }: { core?: number; flags?: readonly string[]; waitsForUrl?: boolean } = {},
): Promise<ServerProcess> {
  const command = [process.execPath, ...flags, join(ROOT, script)];
  const [file = '', ...args] = core === undefined ? command : pinned(core, command);
  const child = spawn(file, args, {
    env: { ...process.env, ...env, PARENT_PIPE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = waitsForUrl ? await addressOf(child, script) : '';
  if (!waitsForUrl) child.stdout?.resume();
  return { url, pid: child.pid ?? 0, stop: () => stopChild(child) };
}

/** Runs a server that prints no URL. Resolves once it answers HTTP; rejects with the end of its output if it exits before. */
export async function startProgram(
  command: readonly string[],
  { core, url, withinMs = 15_000 }: { core: number; url: string; withinMs?: number },
): Promise<ServerProcess> {
  const [file, ...args] = pinned(core, command);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-2_000);
    });
  }
  let failure: unknown;
  child.once('error', (error) => {
    failure = error;
  });
  const until = performance.now() + withinMs;
  while (!(await answers(url))) {
    if (failure !== undefined || child.exitCode !== null || performance.now() > until) {
      await stopChild(child);
      throw new Error(`${command[0]}: expected a server at ${url}, got ${String(failure ?? output)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, pid: child.pid ?? 0, stop: () => stopChild(child) };
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false; // Nothing listens yet.
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await exited;
  clearTimeout(late);
}

function addressOf(child: ChildProcess, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (url) resolve(url);
      });
    }
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${script} exited before it listened: ${signal ?? code}`)));
  });
}
