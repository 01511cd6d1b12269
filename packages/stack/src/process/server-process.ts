import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { ServerStartFailed } from '../errors.ts';
import { endProcess, signalProcess } from './end-process.ts';
import type { Guardian } from './guardian.ts';
import { poll } from './poll.ts';

/** How a server is run. */
export interface ServerCommand {
  /** For messages, e.g. `redis-server (cache)`. */
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Run it as this user. */
  user?: { uid: number; gid: number } | undefined;
  /** Takes what it prints; begun anew at each start. */
  logFile: string;
  stopSignal: NodeJS.Signals;
  /** After this long a stop becomes a SIGKILL. */
  graceMs: number;
  /** Resolves once the server answers; asked again and again until it does. */
  ask(): Promise<void>;
  readyWithinMs: number;
}

/** One server in its own session (a Ctrl-C in the terminal does not reach it), in a guardian's care. */
export class ServerProcess {
  readonly #server: ServerCommand;
  readonly #guardian: Guardian;
  #child: ChildProcess | null = null;

  constructor(server: ServerCommand, guardian: Guardian) {
    this.#server = server;
    this.#guardian = guardian;
  }

  get pid(): number | null {
    return this.#running()?.pid ?? null;
  }

  /** Resolves when the server answers; rejects with `ServerStartFailed`, holding the end of its log. */
  async start(): Promise<void> {
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
    let failure: Error | null = null;
    child.once('error', (error) => {
      failure = error;
    });
    this.#child = child;
    const { pid } = child;
    if (pid !== undefined) {
      this.#guardian.watch({ kind: 'process', id: pid, stopSignal: server.stopSignal, graceMs: server.graceMs });
      child.once('exit', () => this.#guardian.unwatch({ kind: 'process', id: pid }));
    }

    let last: unknown;
    const answered = await poll(
      async () => {
        if (failure !== null) throw this.#failed('could not be run', failure);
        if (this.#running() === null) throw this.#failed('ended before it was ready', last);
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

  /** Sends a signal as it is: SIGKILL, SIGSTOP and SIGCONT are what tests of faults need. */
  kill(signal: NodeJS.Signals): void {
    const pid = this.pid;
    if (pid !== null) signalProcess(pid, signal);
  }

  /** Ends it in order and starts it again, on the same port and data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const child = this.#running();
    if (child?.pid === undefined) return;
    await endProcess(child.pid, { signal: this.#server.stopSignal, graceMs: this.#server.graceMs });
    // The process has gone; its 'exit' event, which sets what `pid` and `start` look at, may be one turn behind.
    await poll(() => this.#running() === null, { withinMs: 10_000 });
  }

  #running(): ChildProcess | null {
    const child = this.#child;
    return child?.pid === undefined || child.exitCode !== null || child.signalCode !== null ? null : child;
  }

  #failed(what: string, cause: unknown): ServerStartFailed {
    const { name, logFile } = this.#server;
    const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n  ');
    return new ServerStartFailed(`${name} ${what}. The end of its log (${logFile}):\n  ${tail}`, { cause });
  }
}
