export { type Comparison, compareAnswers } from './compare-answers.ts';
export {
  type CachedAnswer,
  learningOf,
  loadAnswer,
  ORIGINS,
  originOf,
  policyOf,
  RECIPES,
  recipeOf,
} from './recipes.ts';
export { commonKeys, type KeyWithRecipe, type Warmable, warmableOf } from './warmable.ts';
