import { isDeepStrictEqual } from 'node:util';
import type { Recipe } from '@pilotlight/cache-core';
import { type CachedAnswer, RECIPES } from './recipes.ts';

/**
 * How a served answer stands to what the origin says now. `changes by itself`: it differs only in what may change without
 * an event, which nothing but time outdates.
 */
export type Comparison = 'same' | 'changes by itself' | 'different';

/** Compares two answers of one recipe, both decoded, leaving out what two computations of one state may differ in. */
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

/** The answer without these of its own members. */
function without(names: readonly string[], answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer;
  return Object.fromEntries(Object.entries(answer).filter(([name]) => !names.includes(name)));
}
