import { buildKey, type CacheKey, type LoadContext, type Recipe, type ResolvedPolicy } from '@pilotlight/cache-core';
import type { Origin } from '@pilotlight/origin';
import { type CachedAnswer, policyOf, RECIPES, recipeOf } from './recipes.ts';

/** A key with how to load it, as a reader of it would. */
export interface Warmable {
  readonly key: CacheKey;
  readonly policy: ResolvedPolicy;
  load(context: LoadContext): Promise<object>;
}

/** A key with how to compute it: a hot key, or a common one. */
export interface KeyWithRecipe {
  readonly key: CacheKey;
  readonly recipe: Recipe;
}

/**
 * What warms a key, or null when nobody can any more: there is no such answer, its input no longer parses, or a reader
 * who asks that now has another key.
 */
export function warmableOf(
  { key, recipe: stored }: KeyWithRecipe,
  origin: Origin,
  answers: readonly CachedAnswer[] = Object.values(RECIPES),
): Warmable | null {
  const recipe = recipeOf(stored, answers);
  if (recipe === null || recipe.key !== key) return null;
  return { key, policy: policyOf(recipe), load: (context) => recipe.load(origin, context) };
}

/** What most people ask first: warmed at the start of a cold system, when there is no demand to go by. */
export function commonKeys(answers: readonly CachedAnswer[] = Object.values(RECIPES)): KeyWithRecipe[] {
  return answers.flatMap(({ prefix, name, schema, common = [] }) =>
    common.map((input) => {
      const recipe = { prefix, name, params: schema.parse(input) };
      return { key: buildKey(recipe), recipe };
    }),
  );
}
