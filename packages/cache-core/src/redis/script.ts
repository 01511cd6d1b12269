import { createHash } from 'node:crypto';
import { Command, type Redis } from 'ioredis';
import { luaSource } from './lua-sources.ts';
import type { RedisClient } from './open-redis.ts';

type Arguments = readonly (string | number | Buffer)[];

/** A Lua script. Its source is sent only if the server does not have it yet. */
export class Script {
  readonly #source: string;
  readonly #sha: string;

  /** @param parts files of `scripts/`, which are concatenated */
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

  /**
   * As `run`, but outside ioredis's automatic pipeline. A pipeline waits for the reply to the one before it: so a follower's report
   * waited for the reply to its process's append, and the read of the register for the reply to that report.
   */
  async runAtOnce(client: RedisClient, keys: readonly string[], args: Arguments): Promise<unknown> {
    try {
      return await client.sendCommand(
        new Command('evalsha', [this.#sha, keys.length, ...keys, ...args], { replyEncoding: 'utf8' }),
      );
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return client.eval(this.#source, keys.length, ...keys, ...args);
    }
  }

  /**
   * Runs the script once for each group of keys, in one round trip to one server. Returns the replies in order, including
   * errors.
   */
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
