import type { Instant } from './clock.ts';
import type { Entry, LoadedEntry } from './entry.ts';
import { bytesOfText, bytesOfTexts, freeze } from './heap-bytes.ts';
import { type InvalidationTargets, invalidationTargetsOf } from './invalidation-targets.ts';
import { type CacheKey, prefixOf } from './key.ts';
import type { Scope } from './scope.ts';
import { etagOf, type Frozen, frozenValue } from './value.ts';
import { compressed, type Encoding, ownMemory } from './variant.ts';

/**
 * The bytes that an entry uses in addition to its texts and body, measured: its own object, those of body and numbers,
 * and its slot in the tier.
 */
const OBJECTS_BYTES = 704;
/** A version that no index has. */
const NOT_ASKED = -1;
const NOT_DECODED = Symbol('not decoded');
/** The bytes of a Buffer's object, without its content. */
const BUFFER_BYTES = 200;
/** The bytes of an entity tag, which is a text of 22 characters. */
const ETAG_BYTES = 40;
/** The minimum size of a body with variants: the headers of a response are as long as a smaller body. */
const MIN_COMPRESSED_BYTES = 1_024;

type Variants = Map<Encoding, Buffer | Promise<void> | null>;

/**
 * An entry with everything that a read needs: its bytes, its value and its compressed forms, each created once. The
 * entry's members are direct members: this saves one object, and so one memory access per hit.
 */
export class CachedEntry implements Entry {
  readonly key: CacheKey;
  readonly epoch: number;
  readonly asOf: number;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly revalidateUntil: number;
  readonly staleUntil: number;
  readonly loadMs: number;
  /** A data member and not a getter, so that copies of the entry include it. */
  body: Buffer;
  readonly tags: readonly string[];
  readonly scope: Scope | null;
  /** The name under which its reads are counted. */
  readonly prefix: string | null;
  /**
   * The wall clock's time at the zero of the monotonic clock, computed when this entry was received.
   *
   * @internal
   */
  readonly wallAtZero: number;
  /**
   * When its load began, on this process's monotonic clock; null if another process loaded it.
   *
   * @internal
   */
  readonly loadBeganAt: number | null;
  /**
   * The version of the hit index for which `Lookup` has decided about this entry. The decision is in members because a
   * separate object would cost each hit one more memory access.
   *
   * @internal
   */
  indexVersion = NOT_ASKED;
  /**
   * The position up to which the index was consulted.
   *
   * @internal
   */
  upTo = 0;
  /**
   * True if no invalidation after its stamp hit it.
   *
   * @internal
   */
  isServable = true;
  /**
   * True if no expiry after its stamp hit it.
   *
   * @internal
   */
  isUnexpired = true;
  /**
   * Called when the entry has grown. The tier that counts its bytes sets it.
   *
   * @internal
   */
  onGrown: ((cached: CachedEntry) => void) | null = null;
  /**
   * The form in which an adapter sends this entry, such as its headers; null until it is needed. `countPrepared` counts its bytes.
   *
   * @internal
   */
  prepared: object | null = null;
  /** The entity tag of an entry from a shared tier; null until it is needed for a loaded one. */
  #etag: string | null;
  readonly #entryBytes: number;
  #value: unknown = NOT_DECODED;
  #valueBytes = 0;
  /** By encoding, from the first request for it; null if the variant would not be smaller. */
  #variants: Variants | null = null;
  #variantBytes = 0;
  #preparedBytes = 0;
  /** True if the body is JSON; null until it is known. */
  #isJson: boolean | null;

  /** @param seenAt when this process received the entry; omit it for entries that are never stored */
  constructor(key: CacheKey, entry: Entry | LoadedEntry, loadBeganAt: number | null, seenAt?: Instant) {
    this.key = key;
    this.prefix = prefixOf(key);
    this.wallAtZero = seenAt ? seenAt.wall - seenAt.monotonic : Number.NEGATIVE_INFINITY;
    this.epoch = entry.epoch;
    this.asOf = entry.asOf;
    this.loadedAt = entry.loadedAt;
    this.freshUntil = entry.freshUntil;
    this.revalidateUntil = entry.revalidateUntil;
    this.staleUntil = entry.staleUntil;
    this.loadMs = entry.loadMs;
    this.#etag = 'etag' in entry ? entry.etag : null;
    this.tags = entry.tags;
    this.scope = entry.scope;
    this.body = entry.body;
    this.loadBeganAt = loadBeganAt;
    this.#isJson = loadBeganAt === null ? null : true; // this process encoded it
    this.#entryBytes = bytesOf(key, entry);
    if (entry.encoded && entry.body.length >= MIN_COMPRESSED_BYTES) {
      const { encoding, bytes } = entry.encoded;
      this.#variants = new Map([[encoding, bytes]]);
      this.#variantBytes = bytes.length + BUFFER_BYTES;
    }
  }

  /** The length of the body in bytes. */
  get bodyBytes(): number {
    return this.body.length;
  }

  /** Computed at its first use: SHA-256 of a large body takes as long as the rest of a load, and a reader of the value never needs it. */
  get etag(): string {
    if (this.#etag === null) {
      this.#etag = etagOf(this.body);
      this.onGrown?.(this);
    }
    return this.#etag;
  }

  /**
   * Created at each call: it is needed only after the index has changed, and storing it would double the entry's memory.
   *
   * @internal
   */
  get targets(): InvalidationTargets {
    return invalidationTargetsOf(this.key, this.tags, this.scope);
  }

  /** The approximate number of bytes of memory that it uses, including its value and variants as far as they exist. */
  get sizeBytes(): number {
    const etagBytes = this.#etag === null ? 0 : ETAG_BYTES;
    return this.#entryBytes + etagBytes + this.#valueBytes + this.#variantBytes + this.#preparedBytes;
  }

  /**
   * Moves body and variants to their own memory: a slice would retain the whole chunk that it was received in.
   *
   * @internal
   */
  ownBody(): void {
    this.body = ownMemory(this.body);
    for (const [encoding, variant] of this.#variants ?? [])
      if (variant instanceof Buffer) this.#variants?.set(encoding, ownMemory(variant));
  }

  /**
   * Takes over the value and variants of an earlier entry with the same body, so that a reload without a change costs
   * nothing.
   *
   * @internal
   */
  adopt(before: CachedEntry): void {
    if (!before.body.equals(this.body)) return;
    this.body = before.body;
    this.#value = before.#value;
    this.#valueBytes = before.#valueBytes;
    this.#isJson ??= before.#isJson;
    if (!before.#variants) return;
    // It does not wait for a variant that is being compressed.
    const made = [...before.#variants].filter(([, variant]) => !(variant instanceof Promise));
    this.#variants = new Map(made);
    this.#variantBytes = before.#variantBytes;
  }

  /**
   * Returns the answer as a value that all readers share: decoded once and deeply frozen, so that no reader can change it
   * for another.
   */
  value<Value>(): Frozen<Value> {
    if (this.#value !== NOT_DECODED) return this.#value as Frozen<Value>;
    const { value, heapBytes } = frozenValue(this.body);
    this.#value = value;
    this.#valueBytes = heapBytes;
    this.#isJson = true;
    this.onGrown?.(this);
    return value as Frozen<Value>;
  }

  /**
   * Drops the value, the variants and the prepared form because they do not fit. Each reader then decodes the value again; variants are not
   * created again.
   *
   * @internal
   */
  shed(): void {
    this.#value = NOT_DECODED;
    this.#valueBytes = 0;
    for (const encoding of this.#variants?.keys() ?? []) this.#variants?.set(encoding, null);
    this.#variantBytes = 0;
    this.prepared = null;
    this.#preparedBytes = 0;
  }

  /**
   * Replaces `prepared`, and counts no longer the bytes of the one before.
   *
   * @internal
   */
  prepare(prepared: object): void {
    this.prepared = prepared;
    this.#preparedBytes = 0;
  }

  /**
   * Counts more bytes for `prepared`.
   *
   * @internal
   */
  countPrepared(bytes: number): void {
    this.#preparedBytes += bytes;
    this.onGrown?.(this);
  }

  /**
   * Returns false if a reader of the value has found that the body is not JSON. Every process encodes values as JSON and adds a
   * checksum, so a reader of the bytes does not parse what the checksum proves to be as written (decision 39).
   */
  get isSound(): boolean {
    return this.#isJson !== false;
  }

  /**
   * Returns true if its body is JSON, which `value()` requires: the body of an entry from a shared tier may be anything. Parses the
   * body once and does not keep the value.
   */
  get isJson(): boolean {
    this.#isJson ??= this.body.length === 0 || parses(() => JSON.parse(this.body.toString()));
    return this.#isJson;
  }

  /** As `isJson`, but keeps the value for a reader that uses it next. */
  decodes(): boolean {
    this.#isJson ??= parses(() => this.value());
    return this.#isJson;
  }

  /** Returns the body in this encoding; undefined until it exists, or if it would not be smaller. */
  variant(encoding: Encoding): Buffer | undefined {
    const variant = this.#variants?.get(encoding);
    return variant instanceof Buffer ? variant : undefined;
  }

  /** The bytes of each variant that exists. */
  get variantSizes(): Partial<Record<Encoding, number>> {
    const made = [...(this.#variants ?? [])].filter(([, variant]) => variant instanceof Buffer);
    return Object.fromEntries(made.map(([encoding, variant]) => [encoding, (variant as Buffer).length]));
  }

  /**
   * Returns true if its variant in this encoding does not exist yet: no reader has requested it, and the body is large
   * enough.
   */
  lacks(encoding: Encoding): boolean {
    return this.body.length >= MIN_COMPRESSED_BYTES && !this.#variants?.has(encoding);
  }

  /**
   * Compresses the body on zlib's threads, once for each encoding, unless it has fewer than `minBytes`. Resolves once the
   * variant exists, or if it would not be smaller.
   */
  async makeVariant(encoding: Encoding, minBytes = MIN_COMPRESSED_BYTES): Promise<void> {
    if (this.body.length < minBytes) return;
    this.#variants ??= new Map();
    const variant = this.#variants.get(encoding);
    if (variant === undefined) {
      const making = this.#compress(encoding, this.#variants);
      this.#variants.set(encoding, making);
      await making;
    } else if (variant instanceof Promise) await variant;
  }

  async #compress(encoding: Encoding, variants: Variants): Promise<void> {
    const { body } = this;
    const variant = await compressed(body, encoding).catch((error: unknown) => {
      variants.delete(encoding); // the next request for it tries again
      throw error;
    });
    const isSmaller = variant.length < body.length;
    variants.set(encoding, isSmaller ? variant : null);
    if (!isSmaller) return;
    this.#variantBytes += variant.length + BUFFER_BYTES;
    this.onGrown?.(this);
  }
}

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function bytesOf(key: CacheKey, { body, tags, scope }: LoadedEntry): number {
  return OBJECTS_BYTES + body.length + bytesOfText(key) + bytesOfTexts(tags) + (scope ? freeze(scope, false) : 0);
}
