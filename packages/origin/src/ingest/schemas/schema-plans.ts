import type { Columns } from './access.ts';
import { ALL_SCHEMAS } from './all.ts';
import { type Condition, couldBe, recognitionOf, signsOf } from './recognition.ts';
import { type RolePlan, rolePlanOf } from './role-plan.ts';
import type { Schema } from './schema.ts';

/** Number of column-name sets whose plans are cached. A hostile file can have a new set in each record. */
const REMEMBERED_SETS = 500;
/**
 * Longest set of names that is cached, in characters. The names of a 64 KiB record can take 800 KB; 500 of them would
 * take more memory than the rest of the process.
 */
const REMEMBERED_NAMES_CHARACTERS = 10_000;

const RECOGNITIONS = ALL_SCHEMAS.map((schema, rank) => ({ schema, rank, recognition: recognitionOf(schema) }));

/** The schemas that a column is a sign of. */
const BY_SIGN = new Map<string, (typeof RECOGNITIONS)[number][]>();
for (const recognition of RECOGNITIONS) {
  for (const sign of signsOf(recognition.recognition)) {
    BY_SIGN.set(sign, [...(BY_SIGN.get(sign) ?? []), recognition]);
  }
}

/** A schema, and what a record's values must be like for it. Its plan is made at its first use. */
class Candidate {
  readonly conditions: readonly Condition[];
  readonly #schema: Schema | null;
  readonly #names: readonly string[];
  #plan: RolePlan | undefined;

  constructor(schema: Schema | null, names: readonly string[], conditions: readonly Condition[]) {
    this.conditions = conditions;
    this.#schema = schema;
    this.#names = names;
  }

  get plan(): RolePlan {
    this.#plan ??= rolePlanOf(this.#schema, this.#names);
    return this.#plan;
  }
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
    for (const candidate of this.#lastCandidates) {
      const { conditions } = candidate;
      if (conditions.length === 0 || conditions.every((holds) => holds(columns))) return candidate.plan;
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
  const signed = new Set(names.flatMap((name) => BY_SIGN.get(name) ?? []));
  const candidates: Candidate[] = [];
  for (const { schema, recognition } of [...signed].sort((a, b) => a.rank - b.rank)) {
    const conditions = couldBe(recognition, present);
    if (conditions === null) continue;
    candidates.push(new Candidate(schema, names, conditions));
    if (conditions.length === 0) return candidates;
  }
  return [...candidates, new Candidate(null, names, [])];
}
