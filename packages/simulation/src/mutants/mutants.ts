import { ENGINE_MUTANTS } from './engine-mutants.ts';
import { LOCK_MUTANTS } from './lock-mutants.ts';
import { LOG_MUTANTS } from './log-mutants.ts';
import type { FoundMutant } from './mutant.ts';
import { OWN_WRITE_MUTANTS } from './own-write-mutants.ts';

/** One mutant per rule that invariants 1 to 3 depend on. */
export const MUTANTS: readonly FoundMutant[] = [
  ...LOG_MUTANTS,
  ...ENGINE_MUTANTS,
  ...LOCK_MUTANTS,
  ...OWN_WRITE_MUTANTS,
];
