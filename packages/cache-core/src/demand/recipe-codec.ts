import { LRUCache } from 'lru-cache';
import { type EncryptionOptions, Keyring } from '../envelope/encryption.ts';
import type { CacheKey } from '../model/key.ts';
import { parsed } from '../model/parsed.ts';
import type { HotKey, HotKeyStore, HotKeys, Recipe } from '../ports/hot-key-store.ts';

/** Maximum size of a recipe as JSON. A larger one is never stored, so its key is never warmed. */
export const MAX_RECIPE_BYTES = 2_048;
/**
 * Maximum characters of a stored recipe: base64 of a nonce, the ciphertext and a tag, after the prefix and the id of the
 * key.
 */
const MAX_STORED_LENGTH = Math.ceil(((MAX_RECIPE_BYTES + 28) * 4) / 3) + 64;
/**
 * Maximum characters of remembered sealed texts. A key is reported repeatedly, and each new nonce would wear the encryption
 * key.
 */
const MAX_SEALED_CHARS = 1_048_576;
/** An encrypted recipe begins with this; JSON never does. */
const SEALED = 'sealed';

/**
 * Encodes recipes as the text that a store holds, and decodes them. With encryption it seals them with the keys of the
 * envelopes, binds them to their cache key, and rejects any other recipe. Text from a store is untrusted: `decode` never throws.
 */
export class RecipeCodec {
  readonly #keyring: Keyring | null;
  readonly #sealed = new LRUCache<CacheKey, string>({
    maxSize: MAX_SEALED_CHARS,
    sizeCalculation: (text, key) => text.length + key.length,
  });

  constructor(encryption: EncryptionOptions | undefined) {
    this.#keyring = encryption ? new Keyring(encryption) : null;
  }

  /** Returns the stored text of a recipe. */
  encode(key: CacheKey, recipe: Recipe): string {
    if (!this.#keyring) return JSON.stringify(recipe);
    const known = this.#sealed.get(key);
    if (known !== undefined) return known;
    const id = this.#keyring.currentId.toString();
    const sealed = Buffer.concat(this.#keyring.seal(boundTo(key, id), [Buffer.from(JSON.stringify(recipe))]));
    const text = `${SEALED} ${id} ${sealed.toString('base64')}`;
    this.#sealed.set(key, text);
    return text;
  }

  /** Returns null if the text is not a recipe of this key, or is not encrypted with a key of this process. */
  decode(key: CacheKey, stored: string): Recipe | null {
    if (stored.length > MAX_STORED_LENGTH) return null;
    const json = this.#keyring ? this.#open(this.#keyring, key, stored) : stored;
    return json === null ? null : parseRecipe(json);
  }

  #open(keyring: Keyring, key: CacheKey, stored: string): string | null {
    const [mark, id = '', sealed = ''] = stored.split(' ');
    if (mark !== SEALED) return null;
    return keyring.open(id, boundTo(key, id), Buffer.from(sealed, 'base64'))?.toString() ?? null;
  }
}

/** The hot keys of all processes. It encodes recipes for the store, and skips keys whose recipe cannot be decoded. */
export class DecodedHotKeys implements HotKeys<Recipe> {
  readonly #store: HotKeyStore;
  readonly #codec: RecipeCodec;

  constructor(store: HotKeyStore, encryption: EncryptionOptions | undefined) {
    this.#store = store;
    this.#codec = new RecipeCodec(encryption);
  }

  add(demand: readonly HotKey[]): Promise<void> {
    return this.#store.add(demand.map((one) => ({ ...one, recipe: this.#codec.encode(one.key, one.recipe) })));
  }

  async top(limit: number, prefixes: readonly string[]): Promise<HotKey[]> {
    return (await this.#store.top(limit, prefixes)).flatMap((hot) => this.#decoded(hot) ?? []);
  }

  async find(key: CacheKey): Promise<HotKey | null> {
    const hot = await this.#store.find(key);
    return hot && this.#decoded(hot);
  }

  forget(keys: readonly CacheKey[]): Promise<void> {
    return this.#store.forget(keys);
  }

  #decoded(hot: HotKey<string>): HotKey | null {
    const recipe = this.#codec.decode(hot.key, hot.recipe);
    return recipe && { ...hot, recipe };
  }
}

/** Returns the additional data of a sealed recipe. No envelope has such a beginning, so neither can replace the other. */
function boundTo(key: CacheKey, id: string): Buffer {
  return Buffer.from(`recipe ${id} ${key}`);
}

function parseRecipe(json: string): Recipe | null {
  if (Buffer.byteLength(json) > MAX_RECIPE_BYTES) return null;
  const recipe = parsed(json);
  if (typeof recipe !== 'object' || recipe === null) return null;
  if (!('prefix' in recipe && 'name' in recipe && 'params' in recipe)) return null;
  const { prefix, name, params } = recipe;
  return typeof prefix === 'string' && typeof name === 'string' ? { prefix, name, params } : null;
}
