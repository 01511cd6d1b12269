export { type CachedAnswer, policyOf, RECIPES, recipeOf } from './recipes.ts';
