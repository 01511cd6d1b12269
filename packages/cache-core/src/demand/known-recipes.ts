import type { KeyParts } from '../model/key.ts';
import type { Recipe } from '../ports/hot-key-store.ts';

/** Knows the recipes that a worker can compute without the reader. */
export class KnownRecipes {
  readonly #names: ReadonlySet<string>;

  constructor(recipes: readonly Pick<Recipe, 'prefix' | 'name'>[] = []) {
    this.#names = new Set(recipes.map(({ prefix, name }) => `${prefix}:${name}`));
  }

  /** Returns the recipe of a key, or null if a worker cannot compute it from the given target. */
  of(target: string | KeyParts): Recipe | null {
    if (typeof target === 'string' || this.#names.size === 0 || target.version) return null;
    const { prefix, name, params } = target;
    return this.#names.has(`${prefix}:${name}`) ? { prefix, name, params } : null;
  }
}
