import type { Instant } from '../clock.ts';
import type { Entry } from '../entry.ts';
import { type Footprint, footprintOf } from '../footprint.ts';
import { bytesOfText, bytesOfTexts, freeze } from '../heap-bytes.ts';
import { type CacheKey, prefixOf } from '../key.ts';
import type { Scope } from '../scope.ts';
import { type Frozen, frozenValue } from '../value.ts';
import { compressed, type Encoding, ownMemory } from './variant.ts';

/** What an entry takes beside its texts and bytes, measured: its own object, those of body and numbers, and its place in the tier. */
const OBJECTS_BYTES = 744;
/** No index has this version. */
const NOT_ASKED = -1;
const NOT_DECODED = Symbol('not decoded');
/** What the object of a Buffer takes beside its bytes. */
const BUFFER_BYTES = 200;
/** Of a smaller body no variant is made: its headers are as long. */
const MIN_COMPRESSED_BYTES = 1_024;

type Variants = Map<Encoding, Buffer | Promise<void> | null>;

/**
 * An entry with what a read needs at hand: its bytes, its value, its compressed forms; each made once. The members of the
 * entry are its own: a hit among many entries costs what it looks at in memory, and that is one object less.
 */
export class Kept implements Entry {
  readonly key: CacheKey;
  readonly epoch: number;
  readonly asOf: number;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly revalidateUntil: number;
  readonly staleUntil: number;
  readonly loadMs: number;
  /** Assigned here alone. A member like the others, so that whoever spreads an entry has it. */
  body: Buffer;
  readonly etag: string;
  readonly tags: readonly string[];
  readonly scope: Scope | null;
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
   * The verdict on it, kept by `Lookup`: which state of the index of hits it is of. Members, because an object of its own would
   * be one more place in memory that each hit looks at.
   *
   * @internal
   */
  indexVersion = NOT_ASKED;
  /**
   * The position up to which the index was asked.
   *
   * @internal
   */
  upTo = 0;
  /**
   * No invalidation after its stamp hit it.
   *
   * @internal
   */
  isServable = true;
  /**
   * No expiry after its stamp hit it.
   *
   * @internal
   */
  isUnexpired = true;
  /**
   * Told when it has grown. Kept by the tier that counts its bytes.
   *
   * @internal
   */
  onGrown: ((kept: Kept) => void) | null = null;
  readonly #entryBytes: number;
  #value: unknown = NOT_DECODED;
  #valueBytes = 0;
  /** By coding, from the first request for it; null if it would not be smaller. */
  #variants: Variants | null = null;
  #variantBytes = 0;
  /** Whether the body is JSON; null until it is known. */
  #isJson: boolean | null;

  /** `seenAt`: when it came to this process. Absent: never mind. */
  constructor(key: CacheKey, entry: Entry, loadBeganAt: number | null, seenAt?: Instant) {
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
    this.etag = entry.etag;
    this.tags = entry.tags;
    this.scope = entry.scope;
    this.body = entry.body;
    this.loadBeganAt = loadBeganAt;
    this.#isJson = loadBeganAt === null ? null : true; // this process made it
    this.#entryBytes = bytesOf(key, entry);
  }

  get entry(): Entry {
    return this;
  }

  /**
   * Made anew each time: it is asked for only once the index has changed, and would take as much memory as all the rest.
   *
   * @internal
   */
  get footprint(): Footprint {
    return footprintOf(this.key, this.tags, this.scope);
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
    this.body = ownMemory(this.body);
  }

  /**
   * Takes over what was made of the same body before, so that a reload that changed nothing costs nothing.
   *
   * @internal
   */
  adopt(before: Kept): void {
    if (before.etag !== this.etag || !before.body.equals(this.body)) return;
    this.body = before.body;
    this.#value = before.#value;
    this.#valueBytes = before.#valueBytes;
    this.#isJson ??= before.#isJson;
    if (!before.#variants) return;
    // One that is being made is not waited for.
    const made = [...before.#variants].filter(([, variant]) => !(variant instanceof Promise));
    this.#variants = new Map(made);
    this.#variantBytes = before.#variantBytes;
  }

  /** The answer as a value that all readers share: decoded once, frozen in depth, so that none can change another's. */
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
   * Drops what was made of the body, since it does not fit. The value is made anew for each reader, variants are not.
   *
   * @internal
   */
  shed(): void {
    this.#value = NOT_DECODED;
    this.#valueBytes = 0;
    for (const encoding of this.#variants?.keys() ?? []) this.#variants?.set(encoding, null);
    this.#variantBytes = 0;
  }

  /**
   * Whether its body is JSON, as `value()` needs it. The bytes of an entry from a shared tier may be anything; its checksum only
   * says that they are what somebody wrote. Parsed once to find out, and not kept: readers of bytes need no value.
   */
  get isJson(): boolean {
    this.#isJson ??= this.body.length === 0 || parses(() => JSON.parse(this.body.toString()));
    return this.#isJson;
  }

  /** As `isJson`, and keeps the value: for a reader who asks for it next. */
  decodes(): boolean {
    this.#isJson ??= parses(() => this.value());
    return this.#isJson;
  }

  /** The body in this encoding; undefined until it is made, or when it would be no smaller. */
  variant(encoding: Encoding): Buffer | undefined {
    const variant = this.#variants?.get(encoding);
    return variant instanceof Buffer ? variant : undefined;
  }

  /** Whether its variant in this encoding is yet to be made: no reader has asked for it, and the body is not too small. */
  lacks(encoding: Encoding): boolean {
    return this.body.length >= MIN_COMPRESSED_BYTES && !this.#variants?.has(encoding);
  }

  /**
   * Compresses the body on zlib's threads, once for each encoding however often it is asked; not when it has fewer than
   * `minBytes`. Resolves once the variant is there, if it is worth it.
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
      variants.delete(encoding); // the next reader who asks for it has it tried again
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

function bytesOf(key: CacheKey, { body, tags, scope }: Entry): number {
  return OBJECTS_BYTES + body.length + bytesOfText(key) + bytesOfTexts(tags) + (scope ? freeze(scope, false) : 0);
}
