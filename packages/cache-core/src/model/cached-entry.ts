import type { Instant } from './clock.ts';
import { READ_OFTEN } from './credit.ts';
import type { Entry, LoadedEntry } from './entry.ts';
import { EntryForms } from './entry-forms.ts';
import { bytesOfText, bytesOfTexts, freeze } from './heap-bytes.ts';
import { type InvalidationTargets, invalidationTargetsOf } from './invalidation-targets.ts';
import { type CacheKey, prefixOf } from './key.ts';
import { MAX_EARLINESS } from './policy.ts';
import type { Scope } from './scope.ts';
import { SharedLists, SharedTexts } from './shared-texts.ts';
import { bufferOf, isReproduced, reproduced, type StoredBody, storedBody, storedBytesOf } from './stored-body.ts';
import { etagOf, type Frozen, frozenValue } from './value.ts';
import { type Encoding, ownMemory } from './variant.ts';
import { wholeSecondsBefore } from './whole-seconds.ts';

/**
 * The bytes that an entry uses in addition to its texts and body, measured: its own object, those of body and numbers,
 * and its slot in the tier.
 */
const OBJECTS_BYTES = 460;
/** A version that no index has. */
const NOT_ASKED = -1;
const NOT_DECODED = Symbol('not decoded');
/** The bytes of an entity tag, which is a text of 22 characters. */
const ETAG_BYTES = 40;
const PROMISE_BYTES = 48;
/** The minimum size of a body with variants: the headers of a response are as long as a smaller body. */
const MIN_COMPRESSED_BYTES = 1_024;

const PREFIXES = new SharedTexts();
const TAGS = new SharedLists();

/** A queue of a memory tier: it holds its entries and counts their bytes. */
export interface EntryQueue {
  remove(cached: CachedEntry): void;
  /** Puts an entry in the place of another one. */
  replace(before: CachedEntry, cached: CachedEntry): void;
  /** Counts the bytes of an entry again. */
  recount(cached: CachedEntry): void;
  /** Makes room for an entry that has grown. */
  grown(cached: CachedEntry): void;
  /** As `grown`, for an entry that has just been decoded. The tier decides later whether it keeps the value, the body, or both. */
  decoded(cached: CachedEntry): void;
}

/**
 * An entry with everything that a read needs: its bytes, its value and its compressed forms. While a memory tier holds it, it has the
 * body or the value, whichever its readers use, and makes the other when a reader asks for it.
 *
 * All members that a hit needs, and those of its place in the tier, are direct members: each further object would cost a hit one
 * more memory access, and each entry its header.
 */
export class CachedEntry implements Entry {
  // The members that a hit reads come first: they lie together, and each is in the object itself.
  /**
   * The version of the hit index for which `Lookup` has found that the entry may be served as fresh, as far as invalidations decide
   * that: one comparison instead of the whole verdict.
   *
   * @internal
   */
  goodAt = NOT_ASKED;
  /** In whole seconds: see `isSurelyFreshAt`. */
  readonly #surelyFreshUntil: number;
  readonly #surelyFreshUntilWall: number;
  /**
   * Its hits that are in no count yet: see `ReadCounters.countHit`.
   *
   * @internal
   */
  uncountedHits = 0;
  /**
   * What its hits since its queue added it have earned, less the cost of each time it was spared.
   *
   * @internal
   */
  credit = 0;
  /** See `valuePromise`. */
  #valuePromise: Promise<unknown> | null = null;
  /** True if the body is JSON; null until it is known. */
  #isJson: boolean | null;
  readonly key: CacheKey;
  readonly epoch: number;
  readonly asOf: number;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly loadMs: number;
  readonly bodyBytes: number;
  tags: readonly string[];
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
   * The queue that the entry is in; null if no memory tier holds it. The next three members and `credit` belong to this queue.
   *
   * @internal
   */
  queue: EntryQueue | null = null;
  /** @internal */
  newer: CachedEntry | null = null;
  /** @internal */
  older: CachedEntry | null = null;
  /**
   * The bytes that the queue has counted for the entry.
   *
   * @internal
   */
  countedBytes = 0;
  /** The entity tag of an entry from a shared tier; null until it is needed for a loaded one. */
  #etag: string | null;
  /** The bytes of its own object, key, tags and scope; 0 until a tier asks for the size. */
  #ownBytes = 0;
  #value: unknown = NOT_DECODED;
  #valueBytes = 0;
  /** Null if `body` has to be made of the value. */
  #body: StoredBody | null;
  /** Null until HTTP needs a form. */
  #forms: EntryForms | null = null;
  /** The times after `freshUntil`, as differences: see `small`. */
  readonly #revalidateForMs: number;
  readonly #staleForMs: number;

  /** @param seenAt when this process received the entry; omit it for entries that are never stored */
  constructor(key: CacheKey, entry: Entry | LoadedEntry, loadBeganAt: number | null, seenAt?: Instant) {
    this.key = key;
    const prefix = prefixOf(key);
    this.prefix = prefix === null ? null : PREFIXES.of(prefix);
    this.wallAtZero = seenAt ? seenAt.wall - seenAt.monotonic : Number.NEGATIVE_INFINITY;
    this.epoch = entry.epoch;
    this.asOf = entry.asOf;
    this.loadedAt = entry.loadedAt;
    this.freshUntil = entry.freshUntil;
    this.#revalidateForMs = small(entry.revalidateUntil - entry.freshUntil);
    this.#staleForMs = small(entry.staleUntil - entry.freshUntil);
    this.loadMs = entry.loadMs;
    this.#etag = 'etag' in entry ? entry.etag : null;
    this.tags = entry.tags;
    this.scope = entry.scope;
    this.#body = entry.body;
    this.bodyBytes = entry.body.length;
    this.loadBeganAt = loadBeganAt === null ? null : small(Math.floor(loadBeganAt)); // rounding makes it older, never younger
    this.#surelyFreshUntil = wholeSecondsBefore(entry.freshUntil - this.wallAtZero);
    this.#surelyFreshUntilWall = wholeSecondsBefore(entry.freshUntil - MAX_EARLINESS * Math.max(entry.loadMs, 0));
    this.#isJson = loadBeganAt === null ? null : true; // this process encoded it
    if (entry.encoded && this.bodyBytes >= MIN_COMPRESSED_BYTES) {
      const { encoding, bytes } = entry.encoded;
      this.#forms = new EntryForms();
      this.#forms.add(encoding, bytes);
    }
  }

  /** The body. A reader that asks for it again and again uses `keptBody`. */
  get body(): Buffer {
    return this.#body === null ? reproduced(this.#value) : bufferOf(this.#body);
  }

  /**
   * Returns the body as a Buffer that the entry keeps from now on, beside its value if it has one.
   *
   * @internal
   */
  keptBody(): Buffer {
    if (this.#body instanceof Buffer) return this.#body;
    const { body } = this;
    this.#body = ownMemory(body);
    this.queue?.grown(this);
    return this.#body;
  }

  get revalidateUntil(): number {
    return this.freshUntil + this.#revalidateForMs;
  }

  get staleUntil(): number {
    return this.freshUntil + this.#staleForMs;
  }

  /** Computed at its first use: SHA-256 of a large body takes as long as the rest of a load, and a reader of the value never needs it. */
  get etag(): string {
    if (this.#etag === null) {
      this.#etag = etagOf(this.body);
      this.queue?.grown(this);
    }
    return this.#etag;
  }

  /**
   * Returns true if by both clocks the entry is fresh and a hit of the default policy does not reload it early, and no closer look is
   * needed. False decides nothing. The exact members are numbers with fractions, each an object elsewhere in memory: a hit that reads
   * two of them takes up to 100 ns longer if they are not in the processor's cache.
   *
   * @internal
   */
  isSurelyFreshAt(monotonic: number, wall: number): boolean {
    return monotonic < this.#surelyFreshUntil * 1_000 && wall < this.#surelyFreshUntilWall * 1_000;
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
    if (this.#ownBytes === 0) this.#ownBytes = bytesOf(this);
    const etagBytes = this.#etag === null ? 0 : ETAG_BYTES;
    const formBytes = this.#forms === null ? 0 : this.#forms.sizeBytes;
    return this.#ownBytes + etagBytes + storedBytesOf(this.#body) + this.#valueBytes + formBytes;
  }

  /**
   * Moves body and variants to their own memory: a slice would retain the whole chunk that it was received in. Shares tags with
   * other entries. Drops a value that was decoded before, because it was not measured.
   *
   * @internal
   */
  own(): void {
    if (this.#body !== null && this.#valueBytes === 0) this.#dropValue();
    if (this.#body instanceof Buffer) this.#body = storedBody(this.#body);
    this.#forms?.own();
    const shared = TAGS.find(this.tags);
    if (shared === this.tags) return;
    if (shared && this.#ownBytes > 0) this.#ownBytes -= bytesOfTexts(this.tags);
    this.tags = shared ?? TAGS.add(this.tags);
  }

  /**
   * Takes over body, value and variants of an earlier entry with the same body, so that a reload without a change costs nothing.
   *
   * @internal
   */
  adopt(before: CachedEntry): void {
    if (before.bodyBytes !== this.bodyBytes || !before.body.equals(this.body)) return;
    this.#body = before.#body;
    this.#value = before.#value;
    this.#valuePromise = before.#valuePromise;
    this.#valueBytes = before.#valueBytes;
    this.#isJson ??= before.#isJson;
    if (!before.#forms) return;
    this.#forms ??= new EntryForms();
    this.#forms.adopt(before.#forms);
  }

  /**
   * Returns the answer as a value that all readers share: decoded once and deeply frozen, so that no reader can change it
   * for another.
   */
  value<Value>(): Frozen<Value> {
    if (this.#value !== NOT_DECODED) return this.#value as Frozen<Value>;
    const { value, heapBytes } = frozenValue(this.#body ?? this.body, this.queue !== null);
    this.#value = value;
    this.#valueBytes = heapBytes;
    this.#isJson = true;
    this.queue?.decoded(this);
    return value as Frozen<Value>;
  }

  /**
   * As `value`, as a resolved promise. All readers of an entry that is read often share one: to make a promise and to look for a method
   * `then` of the value takes 25 ns of each hit. It is frozen, so that no reader can give it another `then`.
   */
  valuePromise<Value>(): Promise<Frozen<Value>> {
    if (this.#valuePromise !== null) return this.#valuePromise as Promise<Frozen<Value>>;
    const promise = Promise.resolve(this.value<Value>());
    // The tier drops a value that does not fit at once.
    if (this.credit < READ_OFTEN || this.#value === NOT_DECODED) return promise;
    this.#valuePromise = Object.freeze(promise);
    this.#valueBytes += PROMISE_BYTES;
    this.queue?.grown(this);
    return promise;
  }

  /**
   * Drops the body or the value if it has both and one of them is enough: the value of an entry that is read often, unless HTTP has
   * asked for its bytes; else the smaller of both.
   *
   * @internal
   */
  settle(isReadOften: boolean): void {
    if (this.#body === null || this.#value === NOT_DECODED) return;
    const isSentByHttp = this.#forms !== null && this.#forms.prepared !== null;
    if (isReadOften && isSentByHttp) return;
    const keepsValue = isReadOften || this.#valueBytes <= storedBytesOf(this.#body);
    if (keepsValue && !isSentByHttp && isReproduced(this.#body, this.#value)) this.#body = null;
    else if (!isReadOften) this.#dropValue();
  }

  #dropValue(): void {
    this.#value = NOT_DECODED;
    this.#valuePromise = null;
    this.#valueBytes = 0;
  }

  /**
   * Drops the value, the variants and the prepared form because they do not fit. Each reader then decodes the value again; variants are not
   * created again.
   *
   * @internal
   */
  shed(): void {
    if (this.#body !== null) this.#dropValue();
    this.#forms?.shed();
  }

  /**
   * The form in which an adapter sends this entry, such as its headers; null until it is needed.
   *
   * @internal
   */
  get prepared(): object | null {
    return this.#forms === null ? null : this.#forms.prepared;
  }

  /**
   * Replaces `prepared`, and counts no longer the bytes of the one before.
   *
   * @internal
   */
  prepare(prepared: object): void {
    this.#forms ??= new EntryForms();
    this.#forms.prepared = prepared;
    this.#forms.preparedBytes = 0;
  }

  /**
   * Counts more bytes for `prepared`.
   *
   * @internal
   */
  countPrepared(bytes: number): void {
    if (this.#forms !== null) this.#forms.preparedBytes += bytes;
    this.queue?.grown(this);
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
    this.#isJson ??= this.bodyBytes === 0 || parses(() => JSON.parse(this.body.toString()));
    return this.#isJson;
  }

  /** As `isJson`, but keeps the value for a reader that uses it next. */
  decodes(): boolean {
    this.#isJson ??= parses(() => this.value());
    return this.#isJson;
  }

  /** Returns the body in this encoding; undefined until it exists, or if it would not be smaller. */
  variant(encoding: Encoding): Buffer | undefined {
    return this.#forms?.variant(encoding);
  }

  /** The bytes of each variant that exists. */
  get variantSizes(): Partial<Record<Encoding, number>> {
    return this.#forms?.variantSizes ?? {};
  }

  /**
   * Returns true if its variant in this encoding does not exist yet: no reader has requested it, and the body is large
   * enough.
   */
  lacks(encoding: Encoding): boolean {
    return this.bodyBytes >= MIN_COMPRESSED_BYTES && !this.#forms?.has(encoding);
  }

  /**
   * Compresses the body on zlib's threads, once for each encoding, unless it has fewer than `minBytes`. Resolves once the
   * variant exists, or if it would not be smaller.
   */
  async makeVariant(encoding: Encoding, minBytes = MIN_COMPRESSED_BYTES): Promise<void> {
    if (this.bodyBytes < minBytes) return;
    this.#forms ??= new EntryForms();
    await this.#forms.make(encoding, this.body, () => this.queue?.grown(this));
  }
}

/**
 * Returns the number in the form that V8 keeps within a member, if it is a whole number of 32 bits: any other number takes an object
 * of 16 bytes. As a time in ms such a number reaches 24 days.
 */
function small(n: number): number {
  return (n | 0) === n ? n | 0 : n;
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

function bytesOf({ key, tags, scope }: CachedEntry): number {
  return OBJECTS_BYTES + bytesOfText(key) + bytesOfTexts(tags) + (scope ? freeze(scope, false) : 0);
}
