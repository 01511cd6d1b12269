export { type CachedAnswer, RECIPES, recipeOf } from './recipes.ts';
