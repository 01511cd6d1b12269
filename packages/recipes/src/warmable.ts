import { buildKey, type CacheKey, type LoadContext, type Recipe, type ResolvedPolicy } from '@pilotlight/cache-core';
import type { Origin } from '@pilotlight/origin';
import { type CachedAnswer, policyOf, RECIPES, recipeOf } from './recipes.ts';

/** A key with the load and the policy that a reader would use. */
export interface Warmable {
  readonly key: CacheKey;
  readonly policy: ResolvedPolicy;
  load(context: LoadContext): Promise<object>;
}

/** A key with its recipe: a hot key or a common one. */
export interface KeyWithRecipe {
  readonly key: CacheKey;
  readonly recipe: Recipe;
}

/**
 * Returns the load of a key, or null if it cannot be warmed: its answer no longer exists, its input no longer parses, or the same
 * input now has another key.
 */
export function warmableOf(
  { key, recipe: stored }: KeyWithRecipe,
  origin: Origin,
  answers: readonly CachedAnswer[] = Object.values(RECIPES),
): Warmable | null {
  const recipe = recipeOf(stored, answers);
  if (recipe === null || recipe.key !== key) return null;
  return { key, policy: policyOf(recipe, origin), load: (context) => recipe.load(origin, context) };
}

/** Returns the keys that most clients request first. They are warmed when a cold system starts without recorded demand. */
export function commonKeys(answers: readonly CachedAnswer[] = Object.values(RECIPES)): KeyWithRecipe[] {
  return answers.flatMap(({ prefix, name, schema, common = [] }) =>
    common.map((input) => {
      const recipe = { prefix, name, params: schema.parse(input) };
      return { key: buildKey(recipe), recipe };
    }),
  );
}
