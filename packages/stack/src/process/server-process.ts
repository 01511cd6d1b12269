import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { ServerStartFailed } from '../errors.ts';
import { endProcess, signalProcess } from './end-process.ts';
import { poll } from './poll.ts';
import { isRunning, processNote, readNote } from './process-note.ts';
import type { Supervisor } from './supervisor.ts';

export interface ServerCommand {
  /** Used in messages, e.g. `redis-server (cache)`. */
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** User that runs the server. */
  user?: { uid: number; gid: number } | undefined;
  /** File for the server's output; truncated at each start. */
  logFile: string;
  /** Records the server's process, so that the next launcher can end it if this one cannot clean up. */
  pidFile: string;
  /** Runs before each start. */
  prepare?: () => Promise<void>;
  /** Returns whether the log of a failed start shows a temporary cause, so that another start is worthwhile. */
  passes?: (log: string) => boolean;
  stopSignal: NodeJS.Signals;
  /** Time after which a stop sends SIGKILL, in ms. */
  graceMs: number;
  /** Resolves once the server answers. Called repeatedly until it does. */
  ask(): Promise<void>;
  readyWithinMs: number;
}

/** One server in its own session (a Ctrl-C in the terminal does not reach it), watched by a supervisor. */
export class ServerProcess {
  readonly #server: ServerCommand;
  readonly #supervisor: Supervisor;
  #child: ChildProcess | null = null;
  #failure: Error | null = null;

  constructor(server: ServerCommand, supervisor: Supervisor) {
    this.#server = server;
    this.#supervisor = supervisor;
  }

  get pid(): number | null {
    return this.#running()?.pid ?? null;
  }

  /**
   * Starts the server and resolves when it answers. Rejects with `ServerStartFailed`, which contains the end of the
   * server's log.
   */
  async start(): Promise<void> {
    await endLeftover(this.#server);
    const giveUpAt = performance.now() + this.#server.readyWithinMs;
    for (;;) {
      await this.#server.prepare?.();
      try {
        this.#launch();
        await this.#answer();
        return;
      } catch (error) {
        const passes = this.#server.passes?.(this.#log()) ?? false;
        if (!passes || performance.now() > giveUpAt) throw error;
      }
    }
  }

  #launch(): void {
    const server = this.#server;
    const log = openSync(server.logFile, 'w', 0o600);
    const child = spawn(server.command, server.args, {
      cwd: server.cwd,
      env: server.env ?? process.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...server.user,
    });
    closeSync(log);
    child.unref();
    this.#failure = null;
    child.once('error', (error) => {
      this.#failure = error;
    });
    this.#child = child;
    const { pid } = child;
    if (pid !== undefined) {
      writeFileSync(server.pidFile, JSON.stringify(processNote(pid)));
      this.#supervisor.watch({ kind: 'process', id: pid, stopSignal: server.stopSignal, graceMs: server.graceMs });
      child.once('exit', () => this.#supervisor.unwatch({ kind: 'process', id: pid }));
    }
  }

  async #answer(): Promise<void> {
    const server = this.#server;
    let last: unknown;
    const answered = await poll(
      async () => {
        if (this.#failure !== null) throw this.#failed('could not be executed', this.#failure);
        if (this.#running() === null) throw this.#failed('exited before it was ready', last);
        try {
          await server.ask();
          // Another server may answer on the port that this one failed to bind.
          return this.#running() !== null;
        } catch (error) {
          last = error;
          return false;
        }
      },
      { withinMs: server.readyWithinMs },
    );
    if (answered) return;
    await this.stop();
    throw this.#failed(`did not answer within ${server.readyWithinMs / 1000} s`, last);
  }

  /** Sends a signal unchanged. Fault tests use SIGKILL, SIGSTOP and SIGCONT. */
  kill(signal: NodeJS.Signals): void {
    const pid = this.pid;
    if (pid !== null) signalProcess(pid, signal);
  }

  /** Stops the server and starts it again on the same port and data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const child = this.#running();
    if (child?.pid === undefined) return;
    await endProcess(child.pid, { signal: this.#server.stopSignal, graceMs: this.#server.graceMs });
    // The process has ended, but its 'exit' event, which updates what `pid` and `start` read, may arrive one turn
    // later.
    await poll(() => this.#running() === null, { withinMs: 10_000 });
  }

  #running(): ChildProcess | null {
    const child = this.#child;
    return child?.pid === undefined || child.exitCode !== null || child.signalCode !== null ? null : child;
  }

  #log(): string {
    return readFileSync(this.#server.logFile, 'utf8');
  }

  #failed(what: string, cause: unknown): ServerStartFailed {
    const { name, logFile } = this.#server;
    const tail = this.#log().trimEnd().split('\n').slice(-15).join('\n  ');
    return new ServerStartFailed(`${name} ${what}. The end of its log (${logFile}):\n  ${tail}`, { cause });
  }
}

/** Ends the server of an earlier launcher that was killed together with its supervisor. */
async function endLeftover(server: ServerCommand): Promise<void> {
  const note = readNote(server.pidFile);
  if (note === null || !isRunning(note)) return;
  await endProcess(note.pid, { signal: server.stopSignal, graceMs: server.graceMs });
}
