import { CacheManager, type CachePorts } from '@pilotlight/cache-core';
import { connectRedis } from '@pilotlight/cache-core/redis';
import type { FromProcess, ToProcess } from './messages.ts';

/** A process with a cache. Its parent sends it commands and acts as its origin. */

const POLICY = { freshFor: '10m', staleFor: '10m', hardTimeout: '60s' } as const;
const { CACHE_URL: cacheUrl = '', QUEUE_URL: queueUrl = '', WITHOUT: without, PATIENT: patient } = process.env;
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent, isLevelEnabled: () => false };
const timeouts = patient ? ({ cacheTimeout: '30s', queueTimeout: '30s' } as const) : {};
const ports = connectRedis({ cacheUrl, queueUrl, logger, ...timeouts });
const cache = new CacheManager({ ports: without === 'fill lock' ? { ...ports, lock: noLock() } : ports, logger });
const { follower } = cache.internal.engine;
if (without === 'fence') Object.assign(follower.index, { isHitSince: () => false });
if (without === 'register') Object.assign(ports.log, { register: async () => new Map() });
if (without === 'lease') Object.assign(follower, { isCurrentAt: () => follower.synced });
await cache.start();

const loading = new Map<number, (value: string) => void>();
process.on('message', (message: ToProcess) => {
  if (message.do === 'loaded') loading.get(message.load)?.(message.value);
  else if (message.do === 'read') void read(message);
  else
    void cache.invalidate({ key: message.key }).then(({ state }) => send({ is: 'invalidated', id: message.id, state }));
});
send({ is: 'started' });

async function read({ id, key, readers }: Extract<ToProcess, { do: 'read' }>): Promise<void> {
  const reads = Array.from({ length: readers }, () => cache.getOrLoadWithOutcome(key, () => askParent(key), POLICY));
  const answers = await Promise.all(reads);
  const values = [...new Set(answers.map(({ value }) => value))];
  send({ is: 'read', id, values, verified: answers.every(({ outcome }) => outcome.verified) });
}

function askParent(key: string): Promise<string> {
  const load = loading.size + 1;
  return new Promise((resolve) => {
    loading.set(load, resolve);
    send({ is: 'loading', load, key });
  });
}

function noLock(): CachePorts['lock'] {
  return { acquire: async () => ({ held: true, release: async () => undefined }), isHeld: async () => false };
}

function send(message: FromProcess): void {
  process.send?.(message);
}
