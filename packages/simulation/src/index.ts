// Nothing here loads the engine: a program can mutate the engine's sources before it loads them.
export type { Edit, Mutant } from './mutants/mutant.ts';
export { MUTANTS } from './mutants/mutants.ts';
export { edited, mutate, sourceOf } from './mutants/mutate.ts';
export { described, type Report } from './report.ts';
export { runSeeds, type SeedsDone } from './run-seeds.ts';
export type { SimulationResult } from './simulate.ts';
