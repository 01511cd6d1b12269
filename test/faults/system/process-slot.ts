import { setTimeout as delay } from 'node:timers/promises';
import { SystemProcess } from '../../harness/system-process.ts';

export type Role = 'api' | 'worker';

export interface SlotOptions {
  readonly name: string;
  readonly role: Role;
  readonly env: NodeJS.ProcessEnv;
  /** Told of every process that ended without having been killed. */
  readonly onCrash: (what: string) => void;
}

const SCRIPTS = { api: 'apps/api/src/server.ts', worker: 'apps/worker/src/worker.ts' } as const;
const SAYS = { api: /^listening on (http:\S+)$/, worker: /^Worker ready$/ } as const;
/** As a supervisor would: at once, but not in a circle. */
const RESTART_AFTER_MS = 200;

/** The place of one api or worker. A process that ends is followed by another one, as under any supervisor. */
export class ProcessSlot {
  readonly name: string;
  readonly role: Role;
  /** Where the present process answers; of an api that is not listening yet, and of a worker, empty. */
  url = '';
  /** Processes that have ended here. */
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

  /** What the present process has said. */
  get lines(): readonly string[] {
    return this.#process.lines;
  }

  waitForLog(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#process.waitForLog(pattern);
  }

  /** Resolves once the present process listens, or takes jobs. */
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

  /** Ends it in order, for good. Rejects when it does not end as it should. */
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
      // That it ended before is told by `ended`.
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
      if (!this.#isKilled) onCrash(`${name} ended by itself (${ending}):\n  ${started.lines.slice(-15).join('\n  ')}`);
      await delay(RESTART_AFTER_MS);
      if (!this.#isStopping) this.#process = this.#start();
    });
    return started;
  }
}
