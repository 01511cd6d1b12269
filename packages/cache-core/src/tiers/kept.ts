import type { Instant } from '../clock.ts';
import type { Entry } from '../entry.ts';
import { type Footprint, footprintOf } from '../footprint.ts';
import { bytesOfText, bytesOfTexts, freeze } from '../heap-bytes.ts';
import { type CacheKey, prefixOf } from '../key.ts';
import { type Frozen, frozenValue } from '../value.ts';
import { compressed, type Encoding, ownMemory } from './variant.ts';

/** What an index of hits said of an entry, and which state of the index that was: asked again only once it has changed. */
export interface Verdict {
  readonly indexVersion: number;
  /** The position up to which it was asked. */
  readonly upTo: number;
  /** No invalidation after its stamp hit it. */
  readonly isServable: boolean;
  /** No expiry after its stamp hit it. */
  readonly isUnexpired: boolean;
}

/** What an entry takes beside its texts and bytes, measured: the objects of entry, body, verdict and place in the tier. */
const OBJECTS_BYTES = 768;
const NOT_DECODED = Symbol('not decoded');
/** What the object of a Buffer takes beside its bytes. */
const BUFFER_BYTES = 200;

/** An entry with what a read needs at hand: its bytes, its value, its compressed forms; each made once. */
export class Kept {
  readonly key: CacheKey;
  /** What its reads are counted under. */
  readonly prefix: string | null;
  /**
   * What the wall clock showed when the monotonic one stood at zero, by what both said as this came.
   *
   * @internal
   */
  readonly wallAtZero: number;
  /**
   * When its load began, on this process's monotonic clock; null when another process loaded it.
   *
   * @internal
   */
  readonly loadBeganAt: number | null;
  /**
   * Kept by `Lookup`.
   *
   * @internal
   */
  verdict: Verdict | null = null;
  /**
   * Told when it has grown. Kept by the tier that counts its bytes.
   *
   * @internal
   */
  onGrown: ((kept: Kept) => void) | null = null;
  #entry: Entry;
  readonly #entryBytes: number;
  #value: unknown = NOT_DECODED;
  #valueBytes = 0;
  #making: Promise<void> | null = null;
  /** Once all are made. */
  #variants: ReadonlyMap<Encoding, Buffer> | null = null;
  #variantBytes = 0;

  /** `seenAt`: when it came to this process. Absent: never mind. */
  constructor(key: CacheKey, entry: Entry, loadBeganAt: number | null, seenAt?: Instant) {
    this.key = key;
    this.prefix = prefixOf(key);
    this.wallAtZero = seenAt ? seenAt.wall - seenAt.monotonic : Number.NEGATIVE_INFINITY;
    this.#entry = entry;
    this.loadBeganAt = loadBeganAt;
    this.#entryBytes = bytesOf(key, entry);
  }

  get entry(): Entry {
    return this.#entry;
  }

  /**
   * Made anew each time: it is asked for only once the index has changed, and would take as much memory as all the rest.
   *
   * @internal
   */
  get footprint(): Footprint {
    return footprintOf(this.key, this.#entry.tags, this.#entry.scope);
  }

  /** About how many bytes of memory it takes, with its value and variants as far as they are made. */
  get sizeBytes(): number {
    return this.#entryBytes + this.#valueBytes + this.#variantBytes;
  }

  /**
   * Holds its body in memory of its own from here on: a slice keeps all of the chunk that it came in.
   *
   * @internal
   */
  ownBody(): void {
    this.#entry = withBody(this.#entry, ownMemory(this.#entry.body));
  }

  /**
   * Takes over what was made of the same body before, so that a reload that changed nothing costs nothing.
   *
   * @internal
   */
  adopt(before: Kept): void {
    if (before.entry.etag !== this.#entry.etag || !before.entry.body.equals(this.#entry.body)) return;
    this.#entry = withBody(this.#entry, before.entry.body);
    this.#value = before.#value;
    this.#valueBytes = before.#valueBytes;
    if (!before.#variants) return;
    this.#making = before.#making;
    this.#variants = before.#variants;
    this.#variantBytes = before.#variantBytes;
  }

  /** The answer as a value that all readers share: decoded once, frozen in depth, so that none can change another's. */
  value<Value>(): Frozen<Value> {
    if (this.#value === NOT_DECODED) {
      const { value, heapBytes } = frozenValue(this.#entry.body);
      this.#value = value;
      this.#valueBytes = heapBytes;
      this.onGrown?.(this);
    }
    return this.#value as Frozen<Value>;
  }

  /** The body in this encoding; undefined until it is made, or when it would be no smaller. */
  variant(encoding: Encoding): Buffer | undefined {
    return this.#variants?.get(encoding);
  }

  /** Whether its variants have been asked for. */
  get isCompressed(): boolean {
    return this.#making !== null;
  }

  /**
   * Compresses the body on zlib's threads, once however often it is asked; not when it has fewer than `minBytes`. Resolves
   * once the variants are there that are worth it.
   */
  makeVariants(encodings: readonly Encoding[], minBytes = 1_024): Promise<void> {
    this.#making ??= this.#makeVariants(this.#entry.body.length < minBytes ? [] : encodings);
    return this.#making;
  }

  async #makeVariants(encodings: readonly Encoding[]): Promise<void> {
    const { body } = this.#entry;
    const variants = new Map<Encoding, Buffer>();
    let bytes = 0;
    for (const encoding of encodings) {
      const variant = await compressed(body, encoding);
      if (variant.length >= body.length) continue;
      variants.set(encoding, variant);
      bytes += variant.length + BUFFER_BYTES;
    }
    this.#variants = variants;
    this.#variantBytes = bytes;
    if (bytes > 0) this.onGrown?.(this);
  }
}

/** Member by member, so that all that are kept share one shape, wherever they came from: they take less, and hits are faster. */
function withBody(entry: Entry, body: Buffer): Entry {
  const { epoch, asOf, loadedAt, freshUntil, revalidateUntil, staleUntil, loadMs, etag, tags, scope } = entry;
  return { epoch, asOf, freshUntil, loadMs, body, loadedAt, revalidateUntil, staleUntil, etag, tags, scope };
}

function bytesOf(key: CacheKey, { body, tags, scope }: Entry): number {
  return OBJECTS_BYTES + body.length + bytesOfText(key) + bytesOfTexts(tags) + (scope ? freeze(scope, false) : 0);
}
