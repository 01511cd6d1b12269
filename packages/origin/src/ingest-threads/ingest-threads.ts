import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { ReaderEnded } from '../ingest/index.ts';
import type { IngestOptions, IngestProgress, IngestResult } from '../origin.ts';
import { activeTrace } from '../trace-context.ts';
import { errorOf, type IngestTask, type ThreadData, type ThreadReply } from './thread-messages.ts';
import { WATCHDOG_OPTIONS, Watchdog, type WatchdogOptions } from './watchdog.ts';

/** Objects to transfer to a thread. Piscina's published type does not compile with the types of Node 26. */
type TransferList = NonNullable<NonNullable<Parameters<Piscina['run']>[1]>['transferList']>;

interface IngestThreadsOptions extends ThreadData {
  /** Number of files read concurrently; further files wait. */
  threads: number;
  /** Receives errors that no caller awaits, such as a lost idle connection. */
  onError: (error: unknown) => void;
  /** The module that reads a file. Tests pass one that hangs. */
  filename?: string;
  watch?: WatchdogOptions;
  /** Heap limit of a thread in MB. Defaults to 512; reading any file takes up to 100 MB. */
  maxHeapMb?: number;
}

/** An idle thread ends after this time, which frees its memory and connections. Starting one takes 0.3 s. */
const IDLE_MS = 600_000;

/** Reads files in worker threads, so a file that blocks its parser does not block the caller's event loop. */
export class IngestThreads {
  readonly #pool: Piscina<IngestTask, ThreadReply>;
  readonly #watch: WatchdogOptions;
  readonly #maxHeapMb: number;

  constructor({
    threads,
    databaseUrl,
    elasticsearch = null,
    limits,
    shapes = [],
    onError,
    filename,
    watch,
    maxHeapMb = 512,
  }: IngestThreadsOptions) {
    this.#watch = watch ?? WATCHDOG_OPTIONS;
    this.#maxHeapMb = maxHeapMb;
    this.#pool = new Piscina({
      filename: filename ?? new URL('./ingest-thread.ts', import.meta.url).href,
      // The exported function that Piscina calls.
      name: 'ingest',
      workerData: { databaseUrl, elasticsearch, limits, shapes } satisfies ThreadData,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
      // A thread that waits for its next task in `Atomics.wait` could not service its connections.
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#pool.on('error', onError);
    this.#pool.on('message', ({ lost }: { lost: string }) => onError(new Error(`a reader thread reported: ${lost}`)));
  }

  /**
   * Reads a file in a thread; see `Origin.ingest`. Rejects with `ReaderEnded` if the thread was terminated because it
   * hung or ran out of memory. The file's ingest is then still open, and the attempt has no writer left.
   */
  async ingest(fileId: string, { signal, onProgress, trace = activeTrace() }: IngestOptions): Promise<IngestResult> {
    signal?.throwIfAborted();
    const { port1: port, port2 } = new MessageChannel();
    const ending = new AbortController();
    const watch = new Watchdog(this.#watch, (why) => ending.abort(why));
    const stop = (): void => {
      watch.stopping();
      port.postMessage('stop');
    };
    port.on('message', (progress: IngestProgress) => {
      watch.heard();
      onProgress?.(progress);
    });
    signal?.addEventListener('abort', stop);
    try {
      const transferList = [port2] as unknown as TransferList;
      const reply = await this.#pool.run({ fileId, trace, port: port2 }, { transferList, signal: ending.signal });
      if ('stopped' in reply) throw signal?.reason;
      if ('error' in reply) throw errorOf(reply.error);
      return reply.result;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw ending.signal.aborted ? new ReaderEnded(this.#hung()) : this.#explained(error);
    } finally {
      signal?.removeEventListener('abort', stop);
      watch.end();
      port.close();
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #hung(): string {
    return `it sent no sign of life for ${this.#watch.maxSilentLooks} s`;
  }

  #explained(error: unknown): unknown {
    const isOutOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    return isOutOfMemory ? new ReaderEnded(`it needed more than ${this.#maxHeapMb} MB of memory`) : error;
  }
}
