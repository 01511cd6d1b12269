import type { Columns } from './access.ts';
import { ALL_SCHEMAS } from './all.ts';
import { type Condition, couldBe, recognitionOf } from './recognition.ts';
import { type RolePlan, rolePlanOf } from './role-plan.ts';

/** Number of column-name sets whose plans are cached. A hostile file can have a new set in each record. */
const REMEMBERED_SETS = 500;
/**
 * Longest set of names that is cached, in characters. The names of a 64 KiB record can take 800 KB; 500 of them would
 * take more memory than the rest of the process.
 */
const REMEMBERED_NAMES_CHARACTERS = 10_000;

const RECOGNITIONS = ALL_SCHEMAS.map((schema) => ({ schema, recognition: recognitionOf(schema) }));

/** A plan, and what a record's values must be like for it. */
interface Candidate {
  readonly conditions: readonly Condition[];
  readonly plan: RolePlan;
}

/** Finds the plan of records. What names decide is decided once per set of names. */
export class SchemaPlans {
  readonly #candidates = new Map<string, readonly Candidate[]>();
  /** Records of a log usually have the names of the one before, and comparing them costs less than a look-up. */
  #lastNames: readonly string[] = [];
  #lastCandidates: readonly Candidate[] = candidatesOf([]);

  planOf(columns: Columns): RolePlan {
    const names = Object.keys(columns);
    if (!areSame(names, this.#lastNames)) {
      this.#lastCandidates = this.#candidatesOf(names);
      this.#lastNames = names;
    }
    for (const { conditions, plan } of this.#lastCandidates) {
      if (conditions.length === 0 || conditions.every((holds) => holds(columns))) return plan;
    }
    throw new Error('The plan of the general names has conditions'); // candidatesOf ends with one that has none
  }

  #candidatesOf(names: readonly string[]): readonly Candidate[] {
    const key = names.join('\n');
    const known = this.#candidates.get(key);
    if (known !== undefined) return known;
    const candidates = candidatesOf(names);
    if (key.length > REMEMBERED_NAMES_CHARACTERS) return candidates;
    if (this.#candidates.size >= REMEMBERED_SETS) this.#candidates.clear();
    this.#candidates.set(key, candidates);
    return candidates;
  }
}

function areSame(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let index = 0; index < names.length; index++) if (names[index] !== others[index]) return false;
  return true;
}

/** Returns the candidates in order; the last one has no conditions. */
function candidatesOf(names: readonly string[]): Candidate[] {
  const present = new Set(names);
  const candidates: Candidate[] = [];
  for (const { schema, recognition } of RECOGNITIONS) {
    const conditions = couldBe(recognition, present);
    if (conditions === null) continue;
    candidates.push({ conditions, plan: rolePlanOf(schema, names) });
    if (conditions.length === 0) return candidates;
  }
  return [...candidates, { conditions: [], plan: rolePlanOf(null, names) }];
}
