import type { Recipe } from './hot-key-store.ts';
import type { KeyParts } from './key.ts';

/** Which answers can be computed again without their reader. */
export class KnownRecipes {
  readonly #names: ReadonlySet<string>;

  constructor(recipes: readonly Pick<Recipe, 'prefix' | 'name'>[] = []) {
    this.#names = new Set(recipes.map(({ prefix, name }) => `${prefix}:${name}`));
  }

  /** Null: it can't be computed from what it was asked by. */
  of(target: string | KeyParts): Recipe | null {
    if (typeof target === 'string' || this.#names.size === 0 || target.version) return null;
    const { prefix, name, params } = target;
    return this.#names.has(`${prefix}:${name}`) ? { prefix, name, params } : null;
  }
}
