import { randomUUID } from 'node:crypto';
import { testServices } from '@pilotlight/stack/vitest';
import { expect, vi } from 'vitest';
import { CacheManager } from '../../cache-manager.ts';
import type { CacheOptions } from '../../cache-options.ts';
import { silentLogger } from '../../model/logger.ts';
import type { CachePorts } from '../../ports/cache-ports.ts';
import { connectRedis } from '../../redis/index.ts';
import { singleProcess } from '../../single-process/single-process.ts';
import { KeyvStore, type KeyvStoreOptions } from '../index.ts';

/** A started cache, as one process has it. */
export interface StartedCache {
  readonly cache: CacheManager;
  /** A store of its own for each Keyv. */
  store(options?: Omit<KeyvStoreOptions, 'cache'>): KeyvStore;
}

export function inMemory(options: Partial<CacheOptions> = {}): Promise<StartedCache> {
  return started(singleProcess(), options, 'keyv');
}

/** One process on the run's two servers; those of one name share a log and a prefix. */
export async function onRedis(name: string = randomUUID()): Promise<StartedCache> {
  const { REDIS_CACHE_URL: cacheUrl, REDIS_QUEUE_URL: queueUrl } = testServices();
  const process = await started(connectRedis({ cacheUrl, queueUrl, logger: silentLogger, namespace: name }), {}, name);
  await vi.waitFor(() => expect(process.cache.internal.engine.follower.isCurrent).toBe(true), { timeout: 30_000 });
  return process;
}

async function started(ports: CachePorts, options: Partial<CacheOptions>, prefix: string): Promise<StartedCache> {
  const cache = new CacheManager({ ports, ...options });
  await cache.start();
  return { cache, store: (more) => new KeyvStore({ cache, prefix, ...more }) };
}
