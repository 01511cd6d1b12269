import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..');

export interface CliRun {
  readonly pid: number | undefined;
  /** Resolves with the exit code or the signal that ended it, and everything that it wrote. */
  readonly ended: Promise<{ ending: number | string; out: string[]; err: string }>;
  /** Resolves with the first line of standard output that `isIt` accepts. */
  line(isIt: (line: string) => boolean): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a command of `npm run pilotlight` in a process of its own. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>>): CliRun {
  const child = spawn(process.execPath, [join(ROOT, 'apps/cli/src/main.ts'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
  });
  const out: string[] = [];
  const waiting: { isIt: (line: string) => boolean; found: (line: string) => void }[] = [];
  let err = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    out.push(line);
    for (const { isIt, found } of waiting) if (isIt(line)) found(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'no exit code'));
  }).then((ending) => ({ ending, out, err }));
  return {
    pid: child.pid,
    ended,
    line: async (isIt) => {
      const known = out.find(isIt);
      if (known !== undefined) return known;
      const { promise, resolve } = Promise.withResolvers<string>();
      waiting.push({ isIt, found: resolve });
      const early = ended.then((end) => {
        throw new Error(`the command ended with ${end.ending} before that line; standard error: ${end.err}`);
      });
      return await Promise.race([promise, early]);
    },
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

/** Runs a command to its end. Returns the exit code and the object on the last line of its output. */
export async function runToEnd(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { ending, out, err } = await runCli([...args, '--json'], env).ended;
  const last = out.at(-1);
  if (last === undefined) throw new Error(`expected a result, got exit code ${ending}: ${err}`);
  // biome-ignore lint/suspicious/noExplicitAny: tests assert what they read of the result
  return { code: ending, result: JSON.parse(last) as any };
}
