import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromProcess, ToProcess, Without } from './messages.ts';

export interface Servers {
  readonly cacheUrl: string;
  readonly queueUrl: string;
}

type Reply = Extract<FromProcess, { id: number }>;

/** A call of a load to its origin, with a function that answers it. */
export interface Asked {
  readonly key: string;
  answer(value: string): void;
}

/** A cache in a separate process, which can be frozen and killed. */
export class CacheProcess {
  /** Loads that wait for an answer. */
  readonly asked: Asked[] = [];
  /** Number of loads so far. */
  loads = 0;
  /** Answers loads immediately, instead of adding them to `asked`. */
  origin: (() => string) | null = null;
  readonly #child: ChildProcess;
  readonly #replies = new Map<number, (reply: Reply) => void>();
  readonly #onAsked = new Set<() => void>();
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: FromProcess) => this.#hear(message));
  }

  /** Reads with that many concurrent readers. Returns the distinct values and whether all of them were verified. */
  async read(key: string, readers = 1): Promise<{ values: readonly string[]; verified: boolean }> {
    const reply = await this.#ask({ do: 'read', key, readers });
    if (reply.is !== 'read') throw new Error(`expected the result of a read, got ${reply.is}`);
    return reply;
  }

  async invalidate(key: string): Promise<'applied' | 'pending'> {
    const reply = await this.#ask({ do: 'invalidate', key });
    if (reply.is !== 'invalidated') throw new Error(`expected a receipt, got ${reply.is}`);
    return reply.state;
  }

  /** Resolves with the next load that waits for an answer. */
  async nextLoad(): Promise<Asked> {
    for (;;) {
      const asked = this.asked.shift();
      if (asked) return asked;
      await new Promise<void>((resolve) => this.#onAsked.add(resolve));
    }
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  #ask(message: { do: 'read'; key: string; readers: number } | { do: 'invalidate'; key: string }): Promise<Reply> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#replies.set(id, resolve);
      this.#send({ ...message, id });
    });
  }

  #send(message: ToProcess): void {
    this.#child.send(message);
  }

  #hear(message: FromProcess): void {
    if (message.is === 'started') return;
    if (message.is !== 'loading') {
      this.#replies.get(message.id)?.(message);
      return;
    }
    this.loads++;
    const answer = (value: string) => this.#send({ do: 'loaded', load: message.load, value });
    if (this.origin) {
      answer(this.origin());
      return;
    }
    this.asked.push({ key: message.key, answer });
    for (const wake of this.#onAsked) wake();
    this.#onAsked.clear();
  }
}

export interface StartOptions {
  /** The protection to remove. */
  readonly without?: Without | undefined;
  /** Waits 30 s for a server, so that a slow machine causes no extra load. */
  readonly patient?: boolean;
}

export async function startCacheProcess(
  { cacheUrl, queueUrl }: Servers,
  { without, patient = false }: StartOptions = {},
): Promise<CacheProcess> {
  const child = fork(join(import.meta.dirname, 'cache-process.ts'), {
    env: {
      ...process.env,
      CACHE_URL: cacheUrl,
      QUEUE_URL: queueUrl,
      ...(without && { WITHOUT: without }),
      ...(patient && { PATIENT: '1' }),
    },
  });
  const started = new CacheProcess(child);
  await once(child, 'message');
  return started;
}
