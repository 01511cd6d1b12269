import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Supervisor } from '@pilotlight/stack/testing';

const ROOT = join(import.meta.dirname, '..', '..');
const LOG_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const SHOWN_LINES = 40;

interface Waiting {
  readonly pattern: RegExp;
  readonly found: (match: RegExpExecArray) => void;
}

/** Ends frozen processes when this process ends; starts with the first of them. */
let supervisor: Supervisor | null = null;

/** One api or worker process under test and its output. */
export class SystemProcess {
  readonly name: string;
  /** All lines so far. For a JSON log line, its message. */
  readonly lines: string[] = [];
  /** The members of all JSON log lines so far. */
  readonly entries: Record<string, unknown>[] = [];
  /** Resolves with how the process ended, e.g. `SIGKILL` or `exit code 0`. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<Waiting>();
  #isAskedToEnd = false;
  #isSupervised = false;
  #ending: string | null = null;

  /** Starts `script`, a path in the repository. The process ends when this one does. */
  constructor(name: string, script: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    const child = spawn(process.execPath, [join(ROOT, script)], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env, PARENT_PIPE: '1', LOG_PRETTY: '0' },
    });
    this.#child = child;
    child.stdin?.on('error', () => undefined); // The process is gone; its `ended` promise reports how.
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#hear(line));
    }
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`it could not be executed: ${error.message}`));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    void this.ended.then((ending) => {
      this.#ending = ending;
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} has no process: it could not be executed`);
    return pid;
  }

  get hasEnded(): boolean {
    return this.#ending !== null;
  }

  /** Resolves with the first line that matches, past or future. */
  async waitForLog(pattern: RegExp): Promise<RegExpExecArray> {
    for (const line of this.lines) {
      const match = pattern.exec(line);
      if (match) return match;
    }
    const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
    const waiting = { pattern, found: resolve };
    this.#waiting.add(waiting);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(this.#failure(`did not log ${pattern} within ${LOG_WITHIN_MS} ms`)),
        LOG_WITHIN_MS,
      );
    });
    const gone = this.ended.then((ending) => {
      throw this.#failure(`ended (${ending}) before it logged ${pattern}`);
    });
    try {
      return await Promise.race([promise, late, gone]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  /** Sends a signal. If the signal ends the process (SIGKILL, SIGTERM, SIGINT), waits for the end. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (signal === 'SIGSTOP') this.#supervise();
    const isEnding = signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT';
    if (isEnding) this.#isAskedToEnd = true;
    this.#child.kill(signal);
    if (isEnding) await this.ended;
  }

  /** Stops the process gracefully. Rejects with its last lines if it exited before, or does not end as it should. */
  async stop(): Promise<void> {
    if (this.#ending !== null && !this.#isAskedToEnd) throw this.#failure(`exited unexpectedly (${this.#ending})`);
    if (this.#ending !== null) return;
    this.#isAskedToEnd = true;
    this.#child.kill('SIGTERM');
    this.#child.kill('SIGCONT');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    const ending = await this.ended;
    clearTimeout(late);
    if (ending !== 'exit code 0') throw this.#failure(`was asked to stop and ended with ${ending}`);
  }

  /** A frozen process does not notice that its parent has ended, and keeps a SIGTERM until it is resumed. */
  #supervise(): void {
    if (this.#isSupervised) return;
    this.#isSupervised = true;
    const watched = { kind: 'process', id: this.pid } as const;
    supervisor ??= Supervisor.start();
    const watching = supervisor;
    watching.watch({ ...watched, stopSignal: 'SIGKILL', graceMs: 0 });
    void this.ended.then(() => watching.unwatch(watched));
  }

  #hear(text: string): void {
    const entry = entryIn(text);
    const line = entry === null ? text : messageIn(entry);
    if (entry !== null) this.entries.push(entry);
    this.lines.push(line);
    for (const { pattern, found } of this.#waiting) {
      const match = pattern.exec(line);
      if (match) found(match);
    }
  }

  #failure(what: string): Error {
    const tail = this.lines.slice(-SHOWN_LINES).map((line) => `  ${this.name} | ${line}`);
    return new Error(`${this.name} ${what}; its last lines:\n${tail.join('\n')}`);
  }
}

/** Returns the members of a JSON log line; null for any other line. */
function entryIn(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Returns the message of a log line, followed by the message of its error, if any. */
function messageIn({ msg, err }: { msg?: unknown; err?: unknown }): string {
  const reason = typeof err === 'object' && err !== null && 'message' in err ? err.message : undefined;
  return reason === undefined ? String(msg) : `${msg} [${reason}]`;
}
