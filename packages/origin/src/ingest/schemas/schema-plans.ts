import { isRoleName, NESTED_NAMES } from '../column-names.ts';
import { type Columns, columnsOf } from './access.ts';
import { ALL_SCHEMAS } from './all.ts';
import { type Condition, couldBe, recognitionOf, signsOf } from './recognition.ts';
import { type RolePlan, rolePlanOf } from './role-plan.ts';
import type { Schema } from './schema.ts';

/** Number of column-name sets for which a decision is cached. A hostile file can have a new set in each record. */
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

/** The names that a schema mentions, or that values are looked for in. */
const MENTIONED = new Set([...ALL_SCHEMAS.flatMap(pathsOf), ...NESTED_NAMES].flatMap(columnsOf));

function pathsOf({ has, lacks = [], values = {}, roles, durations = {}, notRoles = [] }: Schema): string[] {
  const named = [...Object.keys(values), ...Object.values(roles).flat(), ...Object.keys(durations)];
  return [...has.flatMap((group) => group.split('|')), ...lacks, ...named, ...notRoles];
}

/** Where the columns of a record are in its plan. */
export interface Layout {
  /** Names of all columns, in their order. */
  readonly names: readonly string[];
  /** For each name, its index among the names of the plan; -1 if no plan depends on it. */
  readonly indexes: readonly number[];
}

interface Planned extends Layout {
  readonly candidates: readonly Candidate[];
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

/**
 * Finds the plan of records. What names decide is decided once per set of names, and once per set of those names that any
 * plan depends on: the records of a file may have new names in each line, of which no schema knows any.
 */
export class SchemaPlans {
  readonly #planned = new Remembered<Planned>();
  readonly #candidates = new Remembered<readonly Candidate[]>();
  /** Records of a log usually have the names of the one before, and comparing them costs less than a look-up. */
  #last: Planned = { names: [], indexes: [], candidates: candidatesOf([]) };

  /** The layout of the latest record whose plan was asked for. */
  get layout(): Layout {
    return this.#last;
  }

  planOf(columns: Columns): RolePlan {
    const names = Object.keys(columns);
    if (!areSame(names, this.#last.names)) this.#last = this.#plannedFor(names);
    for (const candidate of this.#last.candidates) {
      const { conditions } = candidate;
      if (conditions.length === 0 || conditions.every((holds) => holds(columns))) return candidate.plan;
    }
    throw new Error('The plan of the general names has conditions'); // candidatesOf ends with one that has none
  }

  #plannedFor(names: readonly string[]): Planned {
    return this.#planned.get(names, () => {
      const decisive = names.filter((name) => MENTIONED.has(name) || isRoleName(name));
      const candidates = this.#candidates.get(decisive, () => candidatesOf(decisive));
      const indexes = new Map(decisive.map((name, index) => [name, index]));
      return { names, indexes: names.map((name) => indexes.get(name) ?? -1), candidates };
    });
  }
}

/** A bounded cache of what sets of names decide. */
class Remembered<Value> {
  readonly #values = new Map<string, Value>();

  get(names: readonly string[], make: () => Value): Value {
    // Not joined by a character, because a name may have any.
    const key = JSON.stringify(names);
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = make();
    if (key.length > REMEMBERED_NAMES_CHARACTERS) return value;
    if (this.#values.size >= REMEMBERED_SETS) this.#values.clear();
    this.#values.set(key, value);
    return value;
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
