import { type Append, type Streams, UploadTooLarge } from '@pilotlight/origin';
import type { Request, RequestHandler, Response } from 'express';
import type { Deps } from '../deps.ts';
import { callerOf } from '../http/auth.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';

/** How many repeated requests are read at a time while new lines are refused: reading costs processor time, also if nothing is stored. */
const REPEATED_AT_A_TIME = 4;

/** Why the lines of a request would be refused if they were new. */
const refusals = new WeakMap<Request, unknown>();

/**
 * Runs guards one after the other. A request that one of them refuses passes nevertheless if its `Idempotency-Key` is known: its lines
 * are stored already, so its answer needs no space and no worker.
 */
export function unlessRepeated(
  { origin, logger }: Pick<Deps, 'origin' | 'logger'>,
  guards: readonly RequestHandler[],
): RequestHandler {
  const isKnown = async (request: Request): Promise<boolean> => {
    const key = idempotencyKeyOf(request);
    if (key === null) return false;
    return await origin.streams.isKnown(key, callerOf(request).uploader).catch((error: unknown) => {
      logger.debug({ err: error }, 'could not look for an idempotency key');
      return false;
    });
  };
  return async (request, response, next) => {
    for (const guard of guards) {
      const refusal = await refusalOf(guard, request, response);
      if (refusal === null) continue;
      if (!(await isKnown(request))) throw refusal;
      refusals.set(request, refusal);
      break;
    }
    next();
  };
}

/** Returns the streams of a request: those of the origin, or for a known key ones that store nothing and return the earlier answer. */
export function streamsFor(
  request: Request,
  { origin, config }: Pick<Deps, 'origin' | 'config'>,
): Pick<Streams, 'begin'> {
  const refusal = refusals.get(request);
  if (refusal === undefined) return origin.streams;
  return {
    begin: async (_stream, uploader = null) => {
      if (RepeatedAppend.open >= REPEATED_AT_A_TIME) throw refusal;
      return new RepeatedAppend({ streams: origin.streams, uploader, maxBytes: config.uploadMaxBytes, refusal });
    },
  };
}

interface RepeatedOptions {
  readonly streams: Pick<Streams, 'earlier'>;
  readonly uploader: string | null;
  readonly maxBytes: number;
  /** Thrown if the key was forgotten meanwhile. */
  readonly refusal: unknown;
}

class RepeatedAppend implements Append {
  /** The number of these appends that have not ended. */
  static open = 0;
  readonly #options: RepeatedOptions;
  #bytes = 0;
  #isOpen = true;

  constructor(options: RepeatedOptions) {
    this.#options = options;
    RepeatedAppend.open++;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#bytes += bytes.length;
    const { maxBytes } = this.#options;
    if (this.#bytes > maxBytes) throw new UploadTooLarge(maxBytes);
  }

  async commit({ key }: Parameters<Append['commit']>[0]): ReturnType<Append['commit']> {
    this.#end();
    const { streams, uploader, refusal } = this.#options;
    const earlier = key === null ? null : await streams.earlier(key, uploader);
    if (earlier === null) throw refusal;
    return earlier;
  }

  async abort(): Promise<void> {
    this.#end();
  }

  #end(): void {
    if (this.#isOpen) RepeatedAppend.open--;
    this.#isOpen = false;
  }
}

/** Returns why a guard refuses a request, or null if it lets it pass. */
async function refusalOf(guard: RequestHandler, request: Request, response: Response): Promise<unknown> {
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (error?: unknown): void => (error === undefined ? resolve() : reject(error));
      // A guard throws, rejects, or passes its refusal on.
      Promise.resolve(guard(request, response, next)).catch(reject);
    });
    return null;
  } catch (error) {
    return error;
  }
}
