import type { Level } from '@pilotlight/contracts';
import { aliasesOf, COLUMN_ROLES, type ColumnRole, NESTED_NAMES } from '../column-names.ts';
import { type DurationUnit, unitOfName } from '../durations.ts';
import { type Place, placeOf } from './access.ts';
import type { LevelScale } from './level-scales.ts';
import type { Schema } from './schema.ts';

/** A place that can fill a role, and how its value is read there. */
export interface RoleSource extends Place {
  /** Index of the column's name among those of the plan. */
  readonly index: number;
  readonly scale: LevelScale | undefined;
  readonly levelWords: Readonly<Record<string, Level>> | undefined;
  /** Unit of a number; undefined if only the value can say it. */
  readonly unit: DurationUnit | undefined;
}

interface Column {
  readonly column: string;
  readonly index: number;
}

/** For records of one schema with the same names that matter: the places that can fill each role, best first. */
export interface RolePlan {
  readonly sources: Readonly<Record<ColumnRole, readonly RoleSource[]>>;
  /** Columns that together make an instant, if the names have both. */
  readonly date: Column | undefined;
  readonly time: Column | undefined;
  readonly schema: Schema | null;
  /** The level's places that the schema names itself. */
  readonly ownLevels: readonly Place[];
}

/** Returns the plan of a schema, or of the general names alone for null. Its indexes are those of `names`. */
export function rolePlanOf(schema: Schema | null, names: readonly string[]): RolePlan {
  const present = new Map(names.map((name, index) => [name, index]));
  const own = ownSources(schema, present);
  const claimed = new Set(schema?.notRoles ?? []);
  for (const { column, inner } of Object.values(own).flat()) if (inner.length === 0) claimed.add(column);
  const nested = NESTED_NAMES.filter((path) => !present.has(path) && placeOf(path, present) !== null);
  const general = aliasesOf([...names, ...nested]);
  const sources = byRole((role) => {
    const others = general[role].filter((name) => !claimed.has(name));
    return [...own[role], ...others.flatMap((name) => sourceAt(name, present, { unit: unitOfName(name) }))];
  });
  const { date, time } = general;
  const column = (name: string | undefined) =>
    name === undefined ? undefined : { column: name, index: present.get(name) ?? -1 };
  return { sources, date: column(date), time: column(time), schema, ownLevels: own.level };
}

/** Returns the places that a schema names itself. */
function ownSources(schema: Schema | null, names: ReadonlyMap<string, number>): Record<ColumnRole, RoleSource[]> {
  const { roles, durations = {}, scale, levelWords } = schema ?? { roles: {} };
  return byRole((role) => {
    if (role !== 'responseTime') {
      return (roles[role] ?? []).flatMap((path) => sourceAt(path, names, { scale, levelWords }));
    }
    return Object.entries(durations).flatMap(([path, unit]) => sourceAt(path, names, { unit: unit ?? undefined }));
  });
}

function byRole(sourcesOf: (role: ColumnRole) => RoleSource[]): Record<ColumnRole, RoleSource[]> {
  return Object.fromEntries(COLUMN_ROLES.map((role) => [role, sourcesOf(role)])) as Record<ColumnRole, RoleSource[]>;
}

/** Returns the source at a path, or none if records with these names cannot have it. */
function sourceAt(
  path: string,
  names: ReadonlyMap<string, number>,
  { scale, levelWords, unit }: Partial<RoleSource>,
): RoleSource[] {
  const place = placeOf(path, names);
  return place === null ? [] : [{ ...place, index: names.get(place.column) ?? -1, scale, levelWords, unit }];
}
