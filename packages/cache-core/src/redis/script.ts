import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { luaSource } from './lua-sources.ts';
import type { RedisClient } from './open-redis.ts';

type Arguments = readonly (string | number | Buffer)[];

/** A Lua script, sent whole only when the server does not know it yet. */
export class Script {
  readonly #source: string;
  readonly #sha: string;

  /** Parts are files of `scripts/`, one put behind the other. */
  constructor(...parts: string[]) {
    this.#source = parts.map(luaSource).join('');
    this.#sha = createHash('sha1').update(this.#source).digest('hex');
  }

  async run(client: RedisClient, keys: readonly string[], args: Arguments): Promise<unknown> {
    try {
      return await client.evalsha(this.#sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return client.eval(this.#source, keys.length, ...keys, ...args);
    }
  }

  /** Runs it once for each group of keys, all in one round trip to one server. Answers in their order; errors are among them. */
  async runMany(server: Redis, groups: readonly (readonly string[])[], args: Arguments): Promise<unknown[]> {
    await server.script('LOAD', this.#source);
    const batch = server.pipeline();
    for (const keys of groups) batch.evalsha(this.#sha, keys.length, ...keys, ...args);
    return ((await batch.exec()) ?? []).map(([error, answer]) => error ?? answer);
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
