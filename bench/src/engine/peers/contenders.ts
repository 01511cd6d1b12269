import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import type { OpenPeer, Tiers } from './port.ts';

/** A participant of a comparison: a library in one of its settings. */
export interface Contender {
  /** Loads only this library, so that a process contains the code of one contender. */
  readonly open: () => Promise<OpenPeer>;
  /** The npm package. */
  readonly from?: string;
  readonly setting?: string;
  readonly tiers: readonly Tiers[];
  readonly tags: boolean;
}

const ALL = ['memory', 'redis', 'both'] as const;

export const CONTENDERS = {
  ours: { open: async () => (await import('./ours.ts')).openOurs, tiers: ALL, tags: true },
  map: { open: async () => (await import('./bare-map.ts')).openBareMap, tiers: ['memory'], tags: false },
  raw: { open: async () => (await import('./raw-redis.ts')).openRawRedis, tiers: ['redis'], tags: false },
  bentocache: {
    open: async () => {
      const { openBentocache } = await import('./bentocache.ts');
      return (options) => openBentocache(options, true);
    },
    from: 'bentocache',
    tiers: ALL,
    tags: true,
  },
  'bentocache-shared': {
    open: async () => {
      const { openBentocache } = await import('./bentocache.ts');
      return (options) => openBentocache(options, false);
    },
    from: 'bentocache',
    setting: 'serialize: false',
    tiers: ['memory'],
    tags: true,
  },
  'async-cache-dedupe': {
    open: async () => (await import('./async-cache-dedupe.ts')).openAsyncCacheDedupe,
    from: 'async-cache-dedupe',
    tiers: ['memory', 'redis'],
    tags: true,
  },
  cacheable: {
    open: async () => (await import('./cacheable.ts')).openCacheable,
    from: 'cacheable',
    tiers: ALL,
    tags: true,
  },
  'layered-loader': {
    open: async () => (await import('./layered-loader.ts')).openLayeredLoader,
    from: 'layered-loader',
    setting: 'a group for a tag',
    tiers: ALL,
    tags: true,
  },
  ocache: { open: async () => (await import('./ocache.ts')).openOcache, from: 'ocache', tiers: ALL, tags: false },
  'cache-manager': {
    open: async () => (await import('./cache-manager.ts')).openCacheManager,
    from: 'cache-manager',
    tiers: ALL,
    tags: false,
  },
} as const satisfies Record<string, Contender>;

export type ContenderName = keyof typeof CONTENDERS;

/** Returns the contenders that support the combination, ours first. */
export function contendersFor({ tiers, tagged }: { tiers: Tiers; tagged: boolean }): ContenderName[] {
  const entries = Object.entries<Contender>(CONTENDERS) as [ContenderName, Contender][];
  return entries.filter(([, it]) => it.tiers.includes(tiers) && (it.tags || !tagged)).map(([name]) => name);
}

/** Returns the label for tables: package, version, setting, with or without tags. */
export function labelOf(name: ContenderName, tagged: boolean): string {
  if (name === 'ours') return tagged ? 'ours, tagged' : 'ours';
  if (name === 'map') return 'a bare awaited Map.get';
  if (name === 'raw') return 'ioredis getBuffer + JSON.parse, same client settings';
  const { from, setting }: Contender = CONTENDERS[name];
  const shown = [`${from} ${versionOf(from ?? '')}`];
  if (setting !== undefined && (tagged || name === 'bentocache-shared')) shown.push(setting);
  shown.push(tagged ? 'tagged' : 'untagged');
  return shown.join(', ');
}

function versionOf(name: string): string {
  const path = findPackageJSON(name, import.meta.url);
  if (path === undefined) throw new Error(`${name}: expected an installed package, found no package.json`);
  return String((JSON.parse(readFileSync(path, 'utf8')) as { version: unknown }).version);
}
