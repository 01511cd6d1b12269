import type { Entry } from '../entry.ts';
import { type Footprint, footprintOf } from '../footprint.ts';
import type { CacheKey } from '../key.ts';
import { type Frozen, frozenValue } from '../value.ts';
import { compressed, type Encoding, ownMemory } from './variant.ts';

/** What an index of hits said of an entry, and which state of the index that was: asked again only once it has changed. */
export interface Verdict {
  readonly indexVersion: number;
  /** No invalidation after its stamp hit it. */
  readonly isServable: boolean;
  /** No expiry after its stamp hit it. */
  readonly isUnexpired: boolean;
}

/** What an entry takes beside its body and texts: objects, list node. Rounded up. */
const OVERHEAD_BYTES = 768;
/** What a token takes beside its characters; tags have two, a text and a token. */
const TOKEN_BYTES = 64;

/** An entry with what a read needs at hand: its bytes, its value, its compressed forms; each made once. */
export class Kept {
  readonly key: CacheKey;
  readonly footprint: Footprint;
  /** When its load began, on this process's monotonic clock; null when another process loaded it. */
  readonly loadBeganAt: number | null;
  /** Kept by `Lookup`. */
  verdict: Verdict | null = null;
  /** Told when it has grown. Kept by the tier that counts its bytes. */
  onGrown: ((kept: Kept) => void) | null = null;
  #entry: Entry;
  #value: { readonly frozen: unknown } | null = null;
  #variants: Map<Encoding, Buffer> | null = null;
  #making: Promise<void> | null = null;
  #sizeBytes: number;

  constructor(key: CacheKey, entry: Entry, loadBeganAt: number | null) {
    this.key = key;
    this.#entry = entry;
    this.loadBeganAt = loadBeganAt;
    this.footprint = footprintOf(key, entry.tags, entry.scope);
    const texts = this.footprint.tokens.reduce((bytes, token) => bytes + 2 * token.length + TOKEN_BYTES, 0);
    this.#sizeBytes = OVERHEAD_BYTES + texts + entry.body.length;
  }

  get entry(): Entry {
    return this.#entry;
  }

  /** About how many bytes of memory it takes, with its value and variants as far as they are made. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Holds its body in memory of its own from here on: a slice keeps all of the chunk that it came in. */
  ownBody(): void {
    const body = ownMemory(this.#entry.body);
    if (body !== this.#entry.body) this.#entry = { ...this.#entry, body };
  }

  /** The answer as a value that all readers share: decoded once, frozen in depth, so that none can change another's. */
  value<Value>(): Frozen<Value> {
    if (!this.#value) {
      const { value, heapBytes } = frozenValue(this.#entry.body);
      this.#value = { frozen: value };
      this.#grow(heapBytes);
    }
    return this.#value.frozen as Frozen<Value>;
  }

  /** The body in this encoding; undefined while it is not made, or when it would be no smaller. */
  variant(encoding: Encoding): Buffer | undefined {
    return this.#variants?.get(encoding);
  }

  /**
   * Compresses the body on zlib's threads, once however often it is asked; not when it has fewer than `minBytes`. Resolves
   * once all variants that are worth it are there; a variant is there as soon as it is made.
   */
  makeVariants(encodings: readonly Encoding[], minBytes = 1_024): Promise<void> {
    this.#making ??= this.#makeVariants(encodings, minBytes);
    return this.#making;
  }

  async #makeVariants(encodings: readonly Encoding[], minBytes: number): Promise<void> {
    const { body } = this.#entry;
    if (body.length < minBytes) return;
    for (const encoding of encodings) {
      const bytes = await compressed(body, encoding);
      if (bytes.length >= body.length) continue;
      this.#variants ??= new Map();
      this.#variants.set(encoding, bytes);
      this.#grow(bytes.length);
    }
  }

  #grow(bytes: number): void {
    this.#sizeBytes += bytes;
    this.onGrown?.(this);
  }
}
