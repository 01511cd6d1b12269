import type { Recipe } from '@pilotlight/cache-core';
import { RECIPES } from '@pilotlight/recipes';

/** What nearly everybody opens first. Kept warm even when nobody has asked lately. */
export const COMMON_READS: readonly Recipe[] = [RECIPES.stats, RECIPES.files].map(({ prefix, name, schema }) => ({
  prefix,
  name,
  params: schema.parse({}),
}));
