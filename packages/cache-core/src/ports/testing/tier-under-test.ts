import { EntryCodec } from '../../envelope/entry-codec.ts';
import type { Entry } from '../../model/entry.ts';
import type { SharedTier } from '../shared-tier.ts';

/** A shared tier whose store the suite can also reach directly. */
export interface TierUnderTest {
  readonly tier: SharedTier;
  /** Writes bytes under a key, as another program may. */
  write(key: string, bytes: Buffer): Promise<void>;
  /** Writes a value that is not a string, if the store has such values. */
  writeForeign(key: string): Promise<void>;
  clear(): Promise<void>;
  freeze(): void;
  thaw(): Promise<void>;
  through<Result>(promise: Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export const HOUR_MS = 3_600_000;

export function entry(epoch: number, asOf: number, body: Buffer = Buffer.from('{"a":1}')): Entry {
  const times = { loadedAt: 1_000, freshUntil: 2_000, revalidateUntil: 2_500, staleUntil: 3_000, loadMs: 7 };
  return { epoch, asOf, body, etag: 'e'.repeat(22), tags: [], scope: null, ...times };
}

export async function envelopeOf(key: string, filled: Entry): Promise<Buffer> {
  const bytes = await new EntryCodec().encode(key, filled);
  if (!bytes) throw new Error(`expected an envelope for ${key}, got none`);
  return bytes;
}

/** The parts that the contract's tests use. */
export interface Suite {
  store(): TierUnderTest;
  fill(key: string, filled: Entry, ttlMs?: number): Promise<boolean>;
  asOf(key: string): Promise<number | null>;
}

export async function keysOf({ tier }: TierUnderTest, prefix: string | null): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const batch of tier.scan(prefix)) for (const key of batch) keys.add(key);
  return keys;
}
