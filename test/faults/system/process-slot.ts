import { setTimeout as delay } from 'node:timers/promises';
import { SystemProcess } from '../../harness/system-process.ts';

export type Role = 'api' | 'worker';

export interface SlotOptions {
  readonly name: string;
  readonly role: Role;
  readonly env: NodeJS.ProcessEnv;
  /** Called for every process that exited without being killed. */
  readonly onCrash: (what: string) => void;
}

const SCRIPTS = { api: 'apps/api/src/server.ts', worker: 'apps/worker/src/worker.ts' } as const;
const SAYS = { api: /^listening on (http:\S+)$/, worker: /^Worker ready$/ } as const;
/** Restarts at once, as a supervisor would, but not in a tight loop. */
const RESTART_AFTER_MS = 200;

/** The slot of one api or worker. A process that ends is replaced, as under any supervisor. */
export class ProcessSlot {
  readonly name: string;
  readonly role: Role;
  /** The URL of the current process; empty for a worker, and for an api that does not listen yet. */
  url = '';
  /** Number of processes of this slot that have ended. */
  lives = 0;
  readonly #options: SlotOptions;
  #process: SystemProcess;
  #isStopping = false;
  #isKilled = false;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.name = options.name;
    this.role = options.role;
    this.#process = this.#start();
  }

  /** The output lines of the current process. */
  get lines(): readonly string[] {
    return this.#process.lines;
  }

  waitForLog(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#process.waitForLog(pattern);
  }

  /** Resolves once the current process listens or takes jobs. */
  async untilUp(): Promise<void> {
    await this.waitForLog(SAYS[this.role]);
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    await this.#process.kill('SIGKILL');
  }

  async freeze(): Promise<void> {
    await this.#process.kill('SIGSTOP');
  }

  async resume(): Promise<void> {
    if (!this.#process.hasEnded) await this.#process.kill('SIGCONT');
  }

  /** Stops the process permanently and gracefully. Rejects if it does not end as it should. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (!this.#process.hasEnded) await this.#process.stop();
  }

  #start(): SystemProcess {
    const { name, role, env, onCrash } = this.#options;
    const started = new SystemProcess(name, SCRIPTS[role], env);
    this.url = '';
    this.#isKilled = false;
    if (role === 'api') {
      // `ended` reports an earlier end of the process.
      void started.waitForLog(SAYS.api).then(
        ([, url = '']) => {
          if (this.#process === started) this.url = url;
        },
        () => undefined,
      );
    }
    void started.ended.then(async (ending) => {
      this.lives++;
      if (this.#isStopping) return;
      if (!this.#isKilled)
        onCrash(`${name} exited unexpectedly (${ending}):\n  ${started.lines.slice(-50).join('\n  ')}`);
      await delay(RESTART_AFTER_MS);
      if (!this.#isStopping) this.#process = this.#start();
    });
    return started;
  }
}
