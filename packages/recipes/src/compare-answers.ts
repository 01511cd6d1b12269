import { isDeepStrictEqual } from 'node:util';
import type { Recipe } from '@pilotlight/cache-core';
import { type CachedAnswer, RECIPES } from './recipes.ts';

/**
 * The result of comparing a served answer with the origin's current answer. `changes by itself`: they differ only in fields that
 * change without an event, which only expire.
 */
export type Comparison = 'same' | 'changes by itself' | 'different';

/** Compares two decoded answers of one recipe, without the fields in which two computations of one state may differ. */
export function compareAnswers(
  { prefix, name }: Pick<Recipe, 'prefix' | 'name'>,
  served: unknown,
  computed: unknown,
  answers: readonly CachedAnswer[] = Object.values(RECIPES),
): Comparison {
  const recipe = answers.find((one) => one.prefix === prefix && one.name === name);
  const leftOut = recipe?.incomparable ?? [];
  const [before, now] = [without(leftOut, served), without(leftOut, computed)];
  if (isDeepStrictEqual(before, now)) return 'same';
  const byEvents = recipe?.changedByEvents;
  return byEvents && isDeepStrictEqual(byEvents(before), byEvents(now)) ? 'changes by itself' : 'different';
}

/** Returns the answer without these of its fields. */
function without(names: readonly string[], answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer;
  return Object.fromEntries(Object.entries(answer).filter(([name]) => !names.includes(name)));
}
