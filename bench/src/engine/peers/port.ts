import type { ClientSettings } from './ioredis-client.ts';

/** `memory`: only this process. `redis`: only the shared tier. `both`: memory in front of Redis, synchronised. */
export type Tiers = 'memory' | 'redis' | 'both';

export interface RedisUrls {
  /** URL of the server of entries. */
  readonly cacheUrl: string;
  /** URL of the durable server, which only our log and lock use. */
  readonly queueUrl: string;
}

export interface PeerOptions {
  /** Client settings for libraries that take an ioredis client. */
  readonly client: ClientSettings;
  readonly tiers: Tiers;
  /** Whether entries carry tags by which they can be invalidated. */
  readonly tagged: boolean;
  readonly redis: RedisUrls;
  /** Loads a value. Passed at construction, because some libraries support nothing else. */
  load(key: string): Promise<unknown>;
  /** Tags of a key. For libraries with groups instead of tags, the first tag is the group. */
  tagsOf(key: string): readonly string[];
  /** Minimum number of entries that must fit. */
  readonly entries: number;
  /** The bytes of memory for entries, for libraries that bound them by their own count. Defaults to more than a measurement takes. */
  readonly memoryBytes?: number;
}

/** A cache library under measurement. Unsupported operations are undefined. */
export interface Peer {
  getOrLoad(key: string): Promise<unknown>;
  /** Returns stored values in the order of the keys, without loading. */
  getMany?(keys: readonly string[]): Promise<readonly unknown[]>;
  getOrLoadMany?(keys: readonly string[]): Promise<readonly unknown[]>;
  invalidateTag?(tag: string): Promise<unknown>;
  invalidateKey?(key: string): Promise<unknown>;
  /** Invalidates everything that was filled. */
  clear?(): Promise<unknown>;
  /** Returns the size of its entries in memory by its own count, in bytes. */
  countedBytes?(): number;
  close(): Promise<void>;
}

export type OpenPeer = (options: PeerOptions) => Promise<Peer>;

export const FRESH_MS = 300_000;
