export { type CachedAnswer, loadAnswer, policyOf, RECIPES, recipeOf } from './recipes.ts';
