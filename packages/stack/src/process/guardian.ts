import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process or directory that a guardian watches. `id` is a pid or a path. */
export type Charge =
  | { kind: 'process'; id: number; stopSignal: NodeJS.Signals; graceMs: number }
  | { kind: 'directory'; id: string };

/**
 * A small process in its own session that outlives its launcher, even after kill -9. When the launcher ends, it stops
 * the launcher's services, last started first, and removes its throw-away directories. It notices the end of the
 * launcher because the pipe between them closes.
 */
export class Guardian {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static start(): Guardian {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./guardian-main.ts', import.meta.url))], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: { PATH: process.env['PATH'] },
    });
    child.unref();
    const pipe = child.stdin;
    if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
    // If the guardian dies early, the run loses its protection but continues.
    pipe?.on('error', () => undefined);
    return new Guardian(child);
  }

  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  /** Starts watching a process or a directory. */
  watch(charge: Charge): void {
    this.#send({ watch: charge });
  }

  /** Stops watching a process that was stopped, or a directory that was removed. */
  unwatch(charge: Pick<Charge, 'kind' | 'id'>): void {
    this.#send({ unwatch: charge });
  }

  /** Ends the guardian once it watches nothing. */
  release(): void {
    this.#process.stdin?.end();
  }

  #send(message: unknown): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
