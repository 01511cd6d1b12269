import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** A Lua script, sent whole only when the server does not know it yet. */
export class Script {
  readonly #source: string;
  readonly #sha: string;

  /** Parts are files of `scripts/`, one put behind the other. */
  constructor(...parts: string[]) {
    this.#source = parts
      .map((part) => readFileSync(new URL(`./scripts/${part}.lua`, import.meta.url), 'utf8'))
      .join('');
    this.#sha = createHash('sha1').update(this.#source).digest('hex');
  }

  async run(client: Redis, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.#sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(this.#source, keys.length, ...keys, ...args);
    }
  }
}
