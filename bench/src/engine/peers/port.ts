import type { ClientSettings } from './ioredis-client.ts';

/** `memory`: this process alone. `redis`: the shared tier alone. `both`: memory in front of redis, kept in step. */
export type Tiers = 'memory' | 'redis' | 'both';

export interface RedisUrls {
  /** Entries. */
  readonly cacheUrl: string;
  /** What must last: used by our log and lock alone. */
  readonly queueUrl: string;
}

export interface PeerOptions {
  /** How a library that takes an ioredis client is given one. */
  readonly client: ClientSettings;
  readonly tiers: Tiers;
  /** Whether entries carry tags by which they can be invalidated. */
  readonly tagged: boolean;
  readonly redis: RedisUrls;
  /** Given at construction, because some libraries know no other way. */
  load(key: string): Promise<unknown>;
  /** The first one is the group, where a library knows groups instead of tags. */
  tagsOf(key: string): readonly string[];
  /** At least so many entries must fit. */
  readonly entries: number;
}

/** What is measured of a cache library. What one can't do is absent. */
export interface Peer {
  getOrLoad(key: string): Promise<unknown>;
  /** Stored values in the order of the keys, without loading. */
  getMany?(keys: readonly string[]): Promise<readonly unknown[]>;
  getOrLoadMany?(keys: readonly string[]): Promise<readonly unknown[]>;
  invalidateTag?(tag: string): Promise<unknown>;
  invalidateKey?(key: string): Promise<unknown>;
  /** Outdates everything that was filled. */
  clear?(): Promise<unknown>;
  /** What its entries in memory take by its own count. */
  countedBytes?(): number;
  close(): Promise<void>;
}

export type OpenPeer = (options: PeerOptions) => Promise<Peer>;

export const FRESH_MS = 300_000;
