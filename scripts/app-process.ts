import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LineLogger } from '@pilotlight/stack';
import { ROOT } from './root.ts';

/** How a process ended: an exit code or a signal. */
export type ProcessExit = string;

/** Runs the api or the worker as a child process that stops when this process does. */
export class AppProcess {
  readonly name: string;
  readonly ended: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  #hasEnded = false;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be executed: ${error.message}`));
      child.once('exit', (code, signal) => {
        this.#hasEnded = true;
        resolve(signal === null ? `exit code ${code}` : signal);
      });
    });
  }

  /** Starts `script`, a path in the repository. Passes each output line to `log`, prefixed with the name. */
  static start(name: string, script: string, env: NodeJS.ProcessEnv, log: LineLogger): AppProcess {
    const child = spawn(process.execPath, [join(ROOT, script)], {
      cwd: ROOT,
      // Its own session: a Ctrl-C in the terminal goes to the launcher, which stops its children in order.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env, PARENT_PIPE: '1', LOG_PRETTY: '1' },
    });
    child.stdin?.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => log(`${name.padEnd(6)} | ${line}`));
    }
    return new AppProcess(name, child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Asks the process to stop. Sends SIGKILL once `graceMs` have passed or `hurry` resolves. */
  async stop(options: { graceMs: number; hurry: Promise<unknown> }): Promise<ProcessExit> {
    if (this.#hasEnded) return this.ended;
    this.#child.kill('SIGTERM');
    this.#child.kill('SIGCONT');
    const waited = Promise.withResolvers<void>();
    const patience = setTimeout(waited.resolve, options.graceMs);
    await Promise.race([this.ended, waited.promise, options.hurry]);
    clearTimeout(patience);
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
    return this.ended;
  }
}
