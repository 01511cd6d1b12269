import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Charge } from './guardian-charge.ts';

/**
 * A small process of its own session that outlives its launcher, whatever ends it (kill -9 included), and then stops the
 * launcher's services, last started first, and removes its throw-away directories. It learns of the launcher's end because
 * the pipe between them closes.
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
    // A guardian that dies early costs the protection, not the run.
    pipe?.on('error', () => undefined);
    return new Guardian(child);
  }

  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  /** Takes a process or a directory into care. */
  watch(charge: Charge): void {
    this.#send({ watch: charge });
  }

  /** Lets go of one that was stopped, or removed, in order. */
  unwatch(charge: Pick<Charge, 'kind' | 'id'>): void {
    this.#send({ unwatch: charge });
  }

  /** Ends the guardian once everything in its care has been let go. */
  release(): void {
    this.#process.stdin?.end();
  }

  #send(message: unknown): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
