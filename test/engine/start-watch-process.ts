import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromWatch, StepOfHandOver, ToWatch } from './watch-messages.ts';

/** A process that watches a table and caches its prices. */
export class WatchProcess {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (value: number | null) => void>();
  readonly #atStep = Promise.withResolvers<void>();
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: FromWatch) => {
      if (message.is === 'answer') this.#answers.get(message.id)?.(message.value);
      if (message.is === 'at step') this.#atStep.resolve();
    });
  }

  /** Returns a price from the cache of the process. */
  read(key: number): Promise<number | null> {
    return this.#ask((id) => ({ do: 'read', id, key }));
  }

  async caughtUp(): Promise<void> {
    await this.#ask((id) => ({ do: 'catch up', id }));
  }

  /** Lets its next hand-over stay at a step. `atStep` resolves when it is there, and `proceed` ends that. */
  stopAt(step: StepOfHandOver): void {
    this.#child.send({ do: 'stop at', step } satisfies ToWatch);
  }

  get atStep(): Promise<void> {
    return this.#atStep.promise;
  }

  proceed(): void {
    this.#child.kill('SIGUSR2');
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  #ask(message: (id: number) => ToWatch): Promise<number | null> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#child.send(message(id));
    });
  }
}

/** @param env the URLs of the servers, and the name of the table */
export async function startWatchProcess(env: Readonly<Record<string, string>>): Promise<WatchProcess> {
  const child = fork(join(import.meta.dirname, 'watch-process.ts'), { env: { ...process.env, ...env } });
  const started = new WatchProcess(child);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('expected a watching process, it ended')));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined); // a test may kill it
  return started;
}
