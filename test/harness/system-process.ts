import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..');
const LOG_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const SHOWN_LINES = 40;

interface Waiting {
  readonly pattern: RegExp;
  readonly found: (match: RegExpExecArray) => void;
}

/** One api or worker process under test, and all that it has said. */
export class SystemProcess {
  readonly name: string;
  /** Every line so far; of a JSON log line its message. */
  readonly lines: string[] = [];
  /** Resolves with how it ended, e.g. `SIGKILL` or `exit code 0`. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<Waiting>();
  #isAskedToEnd = false;
  #ending: string | null = null;

  /** `script` is relative to the repository. The process ends when this one does. */
  constructor(name: string, script: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    const child = spawn(process.execPath, [join(ROOT, script)], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env, PARENT_PIPE: '1', LOG_PRETTY: '0' },
    });
    this.#child = child;
    child.stdin?.on('error', () => undefined); // the process is gone: its ending tells
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#hear(messageIn(line)));
    }
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`it could not be run: ${error.message}`));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    void this.ended.then((ending) => {
      this.#ending = ending;
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} has no process: it could not be run`);
    return pid;
  }

  get hasEnded(): boolean {
    return this.#ending !== null;
  }

  /** The first line that matches, said already or yet to be said. */
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
        () => reject(this.#failure(`did not say ${pattern} within ${LOG_WITHIN_MS} ms`)),
        LOG_WITHIN_MS,
      );
    });
    const gone = this.ended.then((ending) => {
      throw this.#failure(`ended (${ending}) before it said ${pattern}`);
    });
    try {
      return await Promise.race([promise, late, gone]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  /** Sends a signal. What ends it (SIGKILL, SIGTERM, SIGINT) is waited for. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const isEnding = signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT';
    if (isEnding) this.#isAskedToEnd = true;
    this.#child.kill(signal);
    if (isEnding) await this.ended;
  }

  /** Ends it in order. Rejects, with the last it said, when it ended by itself before, or does not end as it should. */
  async stop(): Promise<void> {
    if (this.#ending !== null && !this.#isAskedToEnd) throw this.#failure(`ended by itself (${this.#ending})`);
    if (this.#ending !== null) return;
    this.#isAskedToEnd = true;
    this.#child.kill('SIGTERM');
    this.#child.kill('SIGCONT');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    const ending = await this.ended;
    clearTimeout(late);
    if (ending !== 'exit code 0') throw this.#failure(`was told to stop and ended with ${ending}`);
  }

  #hear(line: string): void {
    this.lines.push(line);
    for (const { pattern, found } of this.#waiting) {
      const match = pattern.exec(line);
      if (match) found(match);
    }
  }

  #failure(what: string): Error {
    const said = this.lines.slice(-SHOWN_LINES).map((line) => `  ${this.name} | ${line}`);
    return new Error(`${this.name} ${what}; the last it said:\n${said.join('\n')}`);
  }
}

/** The message of a JSON log line, with the error's when it carries one; any other line as it is. */
function messageIn(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const entry: { msg?: string; err?: { message?: string } } = JSON.parse(line);
    return entry.err?.message === undefined ? String(entry.msg) : `${entry.msg} [${entry.err.message}]`;
  } catch {
    return line;
  }
}
