import { BUFFER_BYTES } from './stored-body.ts';
import { compressed, type Encoding, ownMemory } from './variant.ts';

/** By encoding, from the first request for it; null if the variant would not be smaller. */
type Variants = Map<Encoding, Buffer | Promise<void> | null>;

/** The forms in which HTTP sends an entry: its compressed variants, and what an adapter has prepared. Most entries have none. */
export class EntryForms {
  /** See `CachedEntry.prepared`. */
  prepared: object | null = null;
  preparedBytes = 0;
  readonly #variants: Variants = new Map();
  #variantBytes = 0;

  get sizeBytes(): number {
    return this.#variantBytes + this.preparedBytes;
  }

  /** Returns the variant in this encoding; undefined until it exists, or if it would not be smaller. */
  variant(encoding: Encoding): Buffer | undefined {
    const variant = this.#variants.get(encoding);
    return variant instanceof Buffer ? variant : undefined;
  }

  /** Returns whether the variant exists, is being compressed, or would not be smaller. */
  has(encoding: Encoding): boolean {
    return this.#variants.has(encoding);
  }

  /** The bytes of each variant that exists. */
  get variantSizes(): Partial<Record<Encoding, number>> {
    const made = [...this.#variants].filter(([, variant]) => variant instanceof Buffer);
    return Object.fromEntries(made.map(([encoding, variant]) => [encoding, (variant as Buffer).length]));
  }

  add(encoding: Encoding, variant: Buffer): void {
    this.#variants.set(encoding, variant);
    this.#variantBytes += variant.length + BUFFER_BYTES;
  }

  /** Moves the variants to their own memory. */
  own(): void {
    for (const [encoding, variant] of this.#variants)
      if (variant instanceof Buffer) this.#variants.set(encoding, ownMemory(variant));
  }

  /** Takes over the variants of another entry with the same body. It does not wait for a variant that is being compressed. */
  adopt(before: EntryForms): void {
    this.#variants.clear();
    for (const [encoding, variant] of before.#variants)
      if (!(variant instanceof Promise)) this.#variants.set(encoding, variant);
    this.#variantBytes = before.#variantBytes;
  }

  /** Drops everything. Variants are not created again. */
  shed(): void {
    for (const encoding of this.#variants.keys()) this.#variants.set(encoding, null);
    this.#variantBytes = 0;
    this.prepared = null;
    this.preparedBytes = 0;
  }

  /**
   * Compresses the body on zlib's threads, once for each encoding. Resolves once the variant exists, or if it would not be smaller.
   *
   * @param onGrown called when the variant exists
   */
  async make(encoding: Encoding, body: Buffer, onGrown: () => void): Promise<void> {
    const variant = this.#variants.get(encoding);
    if (variant === undefined) {
      const making = this.#compress(encoding, body, onGrown);
      this.#variants.set(encoding, making);
      await making;
    } else if (variant instanceof Promise) await variant;
  }

  async #compress(encoding: Encoding, body: Buffer, onGrown: () => void): Promise<void> {
    const variant = await compressed(body, encoding).catch((error: unknown) => {
      this.#variants.delete(encoding); // the next request for it tries again
      throw error;
    });
    if (variant.length >= body.length) this.#variants.set(encoding, null);
    else {
      this.add(encoding, variant);
      onGrown();
    }
  }
}
