import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process or directory that a supervisor watches. `id` is a pid or a path. */
export type SupervisedResource =
  | { kind: 'process'; id: number; stopSignal: NodeJS.Signals; graceMs: number }
  | { kind: 'directory'; id: string };

/**
 * A small process in its own session that outlives its launcher, even after kill -9. When the launcher ends, it stops
 * the launcher's services, last started first, and removes its throw-away directories. It notices the end of the
 * launcher because the pipe between them closes.
 */
export class Supervisor {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static start(): Supervisor {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./supervisor-main.ts', import.meta.url))], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: { PATH: process.env['PATH'] },
    });
    child.unref();
    const pipe = child.stdin;
    if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
    // If the supervisor dies early, the run loses its protection but continues.
    pipe?.on('error', () => undefined);
    return new Supervisor(child);
  }

  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  /** Starts watching a process or a directory. */
  watch(resource: SupervisedResource): void {
    this.#send({ watch: resource });
  }

  /** Stops watching a process that was stopped, or a directory that was removed. */
  unwatch(resource: Pick<SupervisedResource, 'kind' | 'id'>): void {
    this.#send({ unwatch: resource });
  }

  /** Ends the supervisor once it watches nothing. */
  release(): void {
    this.#process.stdin?.end();
  }

  #send(message: unknown): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
