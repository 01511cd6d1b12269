import type { Level } from '@pilotlight/contracts';
import { aliasesOf, COLUMN_ROLES, type ColumnRole, NESTED_NAMES } from '../column-names.ts';
import { type DurationUnit, unitOfName } from '../durations.ts';
import { type Place, placeOf } from './access.ts';
import type { LevelScale } from './level-scales.ts';
import type { Schema } from './schema.ts';

/** A place that can fill a role, and how its value is read there. */
export interface RoleSource extends Place {
  /** Path or name of the column. */
  readonly name: string;
  readonly scale: LevelScale | undefined;
  readonly levelWords: Readonly<Record<string, Level>> | undefined;
  /** Unit of a number; undefined if only the value can say it. */
  readonly unit: DurationUnit | undefined;
}

/** For records of one schema with the same names: the places that can fill each role, best first. */
export interface RolePlan {
  readonly sources: Readonly<Record<ColumnRole, readonly RoleSource[]>>;
  /** Columns that together make an instant, if the names have both. */
  readonly date: string | undefined;
  readonly time: string | undefined;
  readonly schema: Schema | null;
  /** The level's places that the schema names itself. */
  readonly ownLevels: readonly Place[];
}

/** Returns the plan of a schema, or of the general names alone for null. */
export function rolePlanOf(schema: Schema | null, names: readonly string[]): RolePlan {
  const present = new Set(names);
  const claimed = new Set(schema?.notRoles ?? []);
  const sources = Object.fromEntries(
    COLUMN_ROLES.map((role) => [role, schema === null ? [] : ownSources(schema, role, present)]),
  ) as Record<ColumnRole, RoleSource[]>;
  for (const own of Object.values(sources))
    for (const { column, inner } of own) if (inner.length === 0) claimed.add(column);
  const ownLevels = [...sources.level];
  const nested = NESTED_NAMES.filter((path) => !present.has(path) && placeOf(path, present) !== null);
  const general = aliasesOf([...names, ...nested]);
  for (const role of COLUMN_ROLES) {
    for (const name of general[role]) {
      const place = placeOf(name, present);
      if (place !== null && !claimed.has(name)) sources[role].push(generalSource(name, place));
    }
  }
  return { sources, date: general.date, time: general.time, schema, ownLevels };
}

function ownSources(schema: Schema, role: ColumnRole, names: ReadonlySet<string>): RoleSource[] {
  const paths = role === 'responseTime' ? Object.keys(schema.durations ?? {}) : (schema.roles[role] ?? []);
  return paths.flatMap((path) => {
    const place = placeOf(path, names);
    if (place === null) return [];
    const { scale, levelWords } = schema;
    return { ...place, name: path, scale, levelWords, unit: schema.durations?.[path] ?? undefined };
  });
}

function generalSource(name: string, place: Place): RoleSource {
  return { ...place, name, scale: undefined, levelWords: undefined, unit: unitOfName(name) };
}
