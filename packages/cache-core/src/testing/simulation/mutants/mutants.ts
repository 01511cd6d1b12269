import { ENGINE_MUTANTS } from './engine-mutants.ts';
import { LOG_MUTANTS } from './log-mutants.ts';
import type { FoundMutant } from './mutant.ts';

/** The rules of the protocol, and what else invariants 1 to 3 rest on. */
export const MUTANTS: readonly FoundMutant[] = [...LOG_MUTANTS, ...ENGINE_MUTANTS];
